//! A small separate file system, for tests of full and read-only disks.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A file system of 12 MiB. Unmounted when dropped.
pub(crate) struct SmallDisk {
    pub(crate) path: PathBuf,
}

impl SmallDisk {
    /// Mounts the file system in this folder, or returns why that is not possible.
    pub(crate) fn mount(directory: &Path) -> Result<Self, String> {
        let path = directory.join("disk");
        fs::create_dir(&path).expect("a folder");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=12m", "tmpfs"])
            .arg(&path)
            .output();
        match mounted {
            Ok(output) if output.status.success() => Ok(Self { path }),
            Ok(output) => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Makes the file system read-only.
    pub(crate) fn write_protect(&self) {
        let remounted = Command::new("mount")
            .args(["-o", "remount,ro"])
            .arg(&self.path)
            .status();
        assert!(remounted.expect("there is a mount").success());
    }

    /// Fills the disk except for 1 MiB, so that the disk becomes full during the test.
    pub(crate) fn fill_up(&self) {
        let mut kept = 1024;
        while kept > 0 && fs::write(self.ballast(), vec![1; (12 * 1024 - kept) * 1024]).is_err() {
            kept += 256;
        }
    }

    /// Frees the space taken by [`SmallDisk::fill_up`].
    pub(crate) fn make_room(&self) {
        fs::remove_file(self.ballast()).expect("the ballast is there");
    }

    fn ballast(&self) -> PathBuf {
        self.path.join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount")
            .arg("--lazy")
            .arg(&self.path)
            .status();
    }
}

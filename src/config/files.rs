//! Where files are stored, and how large they may be.

use super::parse_size;
use crate::model::file::Quotas;
use clap::Args;
use std::path::PathBuf;

const MIB: u64 = 1 << 20;

/// Settings of files.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct FileSettings {
    /// Folder of the files that people send; by default beside the database, with its name and `-files`
    #[arg(
        long = "files",
        env = "BACKSCROLL_FILES",
        hide_env_values = true,
        value_name = "FOLDER"
    )]
    pub folder: Option<PathBuf>,

    /// Maximum size of one file
    #[arg(long, env = "BACKSCROLL_MAX_UPLOAD", hide_env_values = true, value_name = "SIZE", default_value = "100M", value_parser = parse_size)]
    pub max_upload: u64,

    /// Maximum size of all files of one person
    #[arg(long, env = "BACKSCROLL_MAX_FILES_PER_PERSON", hide_env_values = true, value_name = "SIZE", default_value = "2G", value_parser = parse_size)]
    pub max_files_per_person: u64,

    /// Maximum size of all files
    #[arg(long, env = "BACKSCROLL_MAX_FILES", hide_env_values = true, value_name = "SIZE", default_value = "20G", value_parser = parse_size)]
    pub max_files: u64,
}

impl Default for FileSettings {
    fn default() -> Self {
        Self {
            folder: None,
            max_upload: 100 * MIB,
            max_files_per_person: 2048 * MIB,
            max_files: 20 * 1024 * MIB,
        }
    }
}

impl FileSettings {
    /// Returns the maximum sizes.
    #[must_use]
    pub fn quotas(&self) -> Quotas {
        Quotas {
            file: self.max_upload,
            person: self.max_files_per_person,
            server: self.max_files,
        }
    }
}

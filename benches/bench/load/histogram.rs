//! A compact histogram of latencies: each bucket is 1/128 of its value wide.

const STEPS: u64 = 128;
const STEP_BITS: u32 = STEPS.trailing_zeros();

/// A histogram of durations in nanoseconds.
#[derive(Clone, Debug)]
pub(crate) struct Histogram {
    buckets: Vec<u64>,
    count: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        let buckets = bucket_of(u64::MAX) + 1;
        Self {
            buckets: vec![0; buckets],
            count: 0,
        }
    }
}

impl Histogram {
    pub(crate) fn add(&mut self, nanos: u64) {
        self.buckets[bucket_of(nanos)] += 1;
        self.count += 1;
    }

    /// Returns a quantile in milliseconds.
    pub(crate) fn quantile_ms(&self, share: f64) -> f64 {
        let mut left = (share * self.count as f64).ceil();
        for (bucket, &count) in self.buckets.iter().enumerate() {
            left -= count as f64;
            if left <= 0.0 {
                return middle_of(bucket) / 1e6;
            }
        }
        0.0
    }
}

/// Returns the bucket of a value. Values below `STEPS` have a bucket each; beyond that, each power of two is divided
/// into `STEPS` buckets.
fn bucket_of(nanos: u64) -> usize {
    let shift = nanos.max(1).ilog2().saturating_sub(STEP_BITS);
    let bucket = u64::from(shift) * STEPS + (nanos >> shift);
    usize::try_from(bucket).unwrap_or(usize::MAX)
}

fn middle_of(bucket: usize) -> f64 {
    let bucket = bucket as u64;
    let shift = (bucket / STEPS).saturating_sub(1);
    let step = bucket - shift * STEPS;
    (step as f64 + 0.5) * 2f64.powi(i32::try_from(shift).unwrap_or(0))
}

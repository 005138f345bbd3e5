//! Workload: what the application asks for, and when. It knows neither providers nor strategies.

pub mod recorded;

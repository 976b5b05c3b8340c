use crate::evidence::Evidence;
pub(super) struct Main { pub class: String, pub evidence: Evidence, pub spring: bool, pub newer: bool }
pub(super) fn mains(_: &crate::repo::Repo, _: &str) -> anyhow::Result<Vec<Main>> { todo!() }

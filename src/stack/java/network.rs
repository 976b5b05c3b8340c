use crate::stack::common;
pub(super) struct Listens { pub network: common::Network, pub arguments: Vec<String>, pub files: Vec<String> }
pub(super) fn network(_: &super::plan::Planning, _: &mut crate::service::Service) -> Result<Listens, crate::verdict::Halt> { todo!() }

//! Small integers in place of names: an index into the plan's table of that kind.

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub struct $name(pub u16);

        impl $name {
            /// The position in the plan's table.
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

id! {
    /// A deployment: a model at a provider reached through one account; what a router picks.
    DeploymentId
}
id! {
    /// A class of requests.
    ClassId
}
id! {
    /// A shape: one pair of image size and quality that the workload can ask for.
    ShapeId
}
id! {
    /// Who is paid: the deployments first, by their ids, then accounts, gateways and all others who send bills.
    PayeeId
}
id! {
    /// A case: some unknown billing rules of one group bill, and the others of the group do not.
    CaseId
}

impl From<DeploymentId> for PayeeId {
    fn from(deployment: DeploymentId) -> Self {
        Self(deployment.0)
    }
}

"""Projects and how they come to be: a member proposes, both Co-Managers assess, the Steering Group is consulted, and
both Co-Managers sign one outcome with its reason. This is the example of an office process."""

"""From an app to its cloud: stacks of CloudFormation, what a change of them means, and the one adapter that touches AWS."""

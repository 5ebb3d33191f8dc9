"""The user pool of local runs: accounts, passwords, groups and tokens, over the protocol of Amazon Cognito's user pools."""

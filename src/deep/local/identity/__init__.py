"""Who calls: identities of local runs, over Cognito's own protocols."""

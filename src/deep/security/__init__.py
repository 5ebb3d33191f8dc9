"""Who may do what: the rules of an app compiled into IAM documents, the gateway's guard and the browser's ACL. Pure: values in, values out."""

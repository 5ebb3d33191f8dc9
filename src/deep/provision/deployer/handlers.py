"""What CloudFormation does on behalf of whoever deploys, by type of resource: to create, read, change and delete it.

Source: the resource schemas that CloudFormation publishes, `handlers.*.permissions`, less what serves properties that DEEP never sets: a judge
among the tests has the schemas, and a reason for everything that is left out or that they leave out themselves.
"""

from __future__ import annotations

from collections.abc import Mapping

Ground = str
"""What an action is granted on: a key of `grounds.arns_on`."""
Needs = Mapping[Ground, tuple[str, ...]]

_PASSED = {"passed roles": ("iam:PassRole",)}
STAGE_LOGS = (
    *("logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeResourcePolicies", "logs:GetLogDelivery"),
    *("logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:UpdateLogDelivery"),
)
"""API Gateway Developer Guide, "Configure logging for HTTP APIs": what turning access logs on takes."""
_API = ("apigateway:DELETE", "apigateway:GET", "apigateway:PATCH", "apigateway:POST", "apigateway:PUT")

HANDLERS: Mapping[str, Needs] = {
    "AWS::ApiGatewayV2::Api": {"apis": _API},
    "AWS::ApiGatewayV2::Integration": {"apis": _API},
    "AWS::ApiGatewayV2::Route": {"apis": _API},
    "AWS::ApiGatewayV2::Stage": {
        "apis": ("apigateway:DELETE", "apigateway:GET", "apigateway:PATCH", "apigateway:POST", "apigateway:TagResource", "apigateway:UntagResource"),
        "anything": STAGE_LOGS,
    },
    "AWS::CloudFormation::Stack": {
        "stacks": (
            *("cloudformation:CreateStack", "cloudformation:DeleteStack", "cloudformation:DescribeStacks", "cloudformation:GetTemplate"),
            *("cloudformation:UpdateStack", "cloudformation:UpdateTerminationProtection"),
        ),
    },
    "AWS::CloudFront::Distribution": {
        "distributions": (
            *("cloudfront:CreateDistribution", "cloudfront:CreateDistributionWithTags", "cloudfront:DeleteDistribution"),
            *("cloudfront:GetDistribution", "cloudfront:GetDistributionConfig", "cloudfront:ListTagsForResource", "cloudfront:TagResource"),
            *("cloudfront:UntagResource", "cloudfront:UpdateDistribution"),
        ),
    },
    "AWS::CloudFront::Function": {
        "distributions": (
            *("cloudfront:CreateFunction", "cloudfront:DeleteFunction", "cloudfront:DescribeFunction", "cloudfront:GetFunction"),
            *("cloudfront:ListTagsForResource", "cloudfront:PublishFunction", "cloudfront:TagResource", "cloudfront:UntagResource"),
            "cloudfront:UpdateFunction",
        ),
    },
    "AWS::CloudFront::OriginAccessControl": {
        "distributions": (
            *("cloudfront:CreateOriginAccessControl", "cloudfront:DeleteOriginAccessControl", "cloudfront:GetOriginAccessControl"),
            "cloudfront:UpdateOriginAccessControl",
        ),
    },
    "AWS::CloudFront::ResponseHeadersPolicy": {
        "distributions": (
            *("cloudfront:CreateResponseHeadersPolicy", "cloudfront:DeleteResponseHeadersPolicy", "cloudfront:GetResponseHeadersPolicy"),
            "cloudfront:UpdateResponseHeadersPolicy",
        ),
    },
    "AWS::CloudWatch::Alarm": {
        "alarms": (
            *("cloudwatch:DeleteAlarms", "cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource", "cloudwatch:PutMetricAlarm"),
            *("cloudwatch:TagResource", "cloudwatch:UntagResource"),
        ),
    },
    "AWS::CloudWatch::Dashboard": {
        "dashboards": (
            *("cloudwatch:DeleteDashboards", "cloudwatch:GetDashboard", "cloudwatch:ListTagsForResource", "cloudwatch:PutDashboard"),
            *("cloudwatch:TagResource", "cloudwatch:UntagResource"),
        ),
    },
    "AWS::Cognito::IdentityPool": {
        "anything": ("cognito-identity:CreateIdentityPool",),
        "identity pools": (
            *("cognito-identity:DeleteIdentityPool", "cognito-identity:DescribeIdentityPool", "cognito-identity:ListTagsForResource"),
            *("cognito-identity:TagResource", "cognito-identity:UntagResource", "cognito-identity:UpdateIdentityPool"),
        ),
    },
    "AWS::Cognito::IdentityPoolRoleAttachment": {
        "identity pools": ("cognito-identity:GetIdentityPoolRoles", "cognito-identity:SetIdentityPoolRoles"),
        **_PASSED,
    },
    "AWS::Cognito::UserPool": {
        "anything": ("cognito-idp:CreateUserPool",),
        "user pools": (
            *("cognito-idp:AddCustomAttributes", "cognito-idp:DeleteUserPool", "cognito-idp:DescribeUserPool", "cognito-idp:GetUserPoolMfaConfig"),
            *("cognito-idp:ListTagsForResource", "cognito-idp:SetUserPoolMfaConfig", "cognito-idp:TagResource", "cognito-idp:UntagResource"),
            "cognito-idp:UpdateUserPool",
        ),
    },
    "AWS::Cognito::UserPoolClient": {
        "user pools": (
            *("cognito-idp:CreateUserPoolClient", "cognito-idp:DeleteUserPoolClient", "cognito-idp:DescribeUserPoolClient"),
            *("cognito-idp:ListUserPoolClientSecrets", "cognito-idp:UpdateUserPoolClient"),
        ),
    },
    "AWS::Cognito::UserPoolGroup": {
        "user pools": ("cognito-idp:CreateGroup", "cognito-idp:DeleteGroup", "cognito-idp:GetGroup", "cognito-idp:UpdateGroup"),
        **_PASSED,
    },
    "AWS::DynamoDB::Table": {
        "tables": (
            *("dynamodb:CreateTable", "dynamodb:DeleteTable", "dynamodb:DescribeContinuousBackups", "dynamodb:DescribeContributorInsights"),
            *("dynamodb:DescribeKinesisStreamingDestination", "dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive", "dynamodb:GetResourcePolicy"),
            *("dynamodb:ListTagsOfResource", "dynamodb:TagResource", "dynamodb:UntagResource", "dynamodb:UpdateContinuousBackups"),
            *("dynamodb:UpdateTable", "dynamodb:UpdateTimeToLive"),
        ),
    },
    "AWS::Events::Rule": {
        "rules": (
            *("events:DeleteRule", "events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule", "events:PutRule"),
            *("events:PutTargets", "events:RemoveTargets", "events:TagResource", "events:UntagResource"),
        ),
    },
    "AWS::IAM::ManagedPolicy": {
        "policies": (
            *("iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:GetPolicy", "iam:GetPolicyVersion"),
            *("iam:ListEntitiesForPolicy", "iam:ListPolicyVersions"),
        ),
        "roles": ("iam:AttachRolePolicy", "iam:DetachRolePolicy"),
    },
    "AWS::IAM::Role": {
        "roles": (
            *("iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies"),
            *("iam:ListRolePolicies", "iam:PutRolePolicy", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole"),
            "iam:UpdateRoleDescription",
        ),
    },
    "AWS::Lambda::Alias": {
        "functions": (
            *("lambda:CreateAlias", "lambda:DeleteAlias", "lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig", "lambda:UpdateAlias"),
        ),
    },
    "AWS::Lambda::EventInvokeConfig": {
        "functions": (
            *("lambda:DeleteFunctionEventInvokeConfig", "lambda:GetFunctionEventInvokeConfig", "lambda:PutFunctionEventInvokeConfig"),
            "lambda:UpdateFunctionEventInvokeConfig",
        ),
    },
    "AWS::Lambda::Function": {
        "functions": (
            *("lambda:CreateFunction", "lambda:DeleteFunction", "lambda:GetFunction", "lambda:GetFunctionCodeSigningConfig"),
            *("lambda:GetFunctionRecursionConfig", "lambda:GetFunctionScalingConfig", "lambda:GetRuntimeManagementConfig", "lambda:TagResource"),
            *("lambda:UntagResource", "lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration"),
        ),
        "objects": ("s3:GetObject",),
        **_PASSED,
    },
    "AWS::Lambda::Permission": {"functions": ("lambda:AddPermission", "lambda:GetPolicy", "lambda:RemovePermission")},
    "AWS::Lambda::Version": {
        "functions": (
            *("lambda:DeleteFunction", "lambda:GetFunctionConfiguration", "lambda:GetFunctionScalingConfig"),
            *("lambda:GetProvisionedConcurrencyConfig", "lambda:GetRuntimeManagementConfig", "lambda:ListVersionsByFunction"),
            "lambda:PublishVersion",
        ),
    },
    "AWS::Logs::LogGroup": {
        "logs": (
            *("logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:DeleteRetentionPolicy", "logs:DescribeIndexPolicies"),
            *("logs:GetDataProtectionPolicy", "logs:ListTagsForResource", "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource"),
        ),
        "anything": ("logs:DescribeLogGroups", "logs:DescribeResourcePolicies"),
    },
    "AWS::Route53::RecordSet": {
        "zones": ("route53:ChangeResourceRecordSets", "route53:GetHostedZone", "route53:ListResourceRecordSets"),
        "zone changes": ("route53:GetChange",),
        "anything": ("route53:ListHostedZones",),
    },
    "AWS::S3::Bucket": {
        "buckets": (
            *("s3:CreateBucket", "s3:DeleteBucket", "s3:GetAccelerateConfiguration", "s3:GetAnalyticsConfiguration", "s3:GetBucketAbac"),
            *("s3:GetBucketAcl", "s3:GetBucketCORS", "s3:GetBucketLogging", "s3:GetBucketMetadataTableConfiguration", "s3:GetBucketNotification"),
            *("s3:GetBucketObjectLockConfiguration", "s3:GetBucketOwnershipControls", "s3:GetBucketPublicAccessBlock", "s3:GetBucketTagging"),
            *("s3:GetBucketVersioning", "s3:GetBucketWebsite", "s3:GetEncryptionConfiguration", "s3:GetIntelligentTieringConfiguration"),
            *("s3:GetInventoryConfiguration", "s3:GetLifecycleConfiguration", "s3:GetMetricsConfiguration", "s3:GetReplicationConfiguration"),
            *("s3:ListBucket", "s3:ListTagsForResource", "s3:PutBucketOwnershipControls", "s3:PutBucketPublicAccessBlock", "s3:PutBucketTagging"),
            *("s3:PutBucketVersioning", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration", "s3:TagResource", "s3:UntagResource"),
        ),
    },
    "AWS::S3::BucketPolicy": {"buckets": ("s3:DeleteBucketPolicy", "s3:GetBucketPolicy", "s3:PutBucketPolicy")},
    "AWS::SNS::Subscription": {
        "topics": ("sns:Subscribe",),
        "anything": ("sns:GetSubscriptionAttributes", "sns:SetSubscriptionAttributes", "sns:Unsubscribe"),
    },
    "AWS::SNS::Topic": {
        "topics": (
            *("sns:CreateTopic", "sns:DeleteTopic", "sns:GetDataProtectionPolicy", "sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic"),
            *("sns:ListTagsForResource", "sns:SetTopicAttributes", "sns:TagResource", "sns:UntagResource"),
        ),
    },
    "AWS::SNS::TopicPolicy": {"topics": ("sns:SetTopicAttributes",)},
    "AWS::SQS::Queue": {
        "queues": (
            *("sqs:CreateQueue", "sqs:DeleteQueue", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags", "sqs:SetQueueAttributes"),
            *("sqs:TagQueue", "sqs:UntagQueue"),
        ),
    },
    "AWS::WAFv2::WebACL": {
        "web acls": (
            *("wafv2:CreateWebACL", "wafv2:DeleteWebACL", "wafv2:GetWebACL", "wafv2:ListTagsForResource", "wafv2:TagResource"),
            *("wafv2:UntagResource", "wafv2:UpdateWebACL"),
        ),
    },
}

MEANWHILE: Mapping[str, str] = {"AWS::Lambda::Alias": "AWS::CloudWatch::Alarm"}
"""Type -> a type that `deepify publish` adds to it while old and new versions share the calls."""

LOOKING = (
    *("cloudformation:DescribeAccountLimits", "cloudformation:ListStacks", "iam:GetAccountSummary", "iam:ListRoles"),
    *("lambda:GetAccountSettings", "lambda:ListFunctions"),
)
"""What it takes to see whether an account is ready. A deploy goes on without."""

OWN: Needs = {
    "stacks": (
        *(
            "cloudformation:ContinueUpdateRollback",
            "cloudformation:CreateChangeSet",
            "cloudformation:DeleteChangeSet",
            "cloudformation:DeleteStack",
            "cloudformation:DescribeChangeSet",
        ),
        *("cloudformation:DescribeStackEvents", "cloudformation:DescribeStackResources", "cloudformation:DescribeStacks"),
        *("cloudformation:ExecuteChangeSet", "cloudformation:GetTemplate", "cloudformation:UpdateTerminationProtection"),
        *("cloudformation:DescribeStackResourceDrifts", "cloudformation:DetectStackDrift"),
    ),
    "logs": ("logs:FilterLogEvents",),
    "buckets": ("s3:ListBucket", "s3:ListBucketVersions"),
    "objects": ("s3:DeleteObject", "s3:DeleteObjectVersion", "s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"),
    "anything": ("cloudformation:DescribeStackDriftDetectionStatus", "logs:DescribeLogGroups", "tag:GetResources", *LOOKING),
    "callers": ("iam:SimulatePrincipalPolicy",),
    "secrets": ("ssm:AddTagsToResource", "ssm:DeleteParameter", "ssm:GetParameter", "ssm:PutParameter"),
}
"""What `deepify` itself calls (`provision/account/aws.py`), whatever the app."""

WITH_MIGRATIONS: Needs = {"migrations": ("lambda:InvokeFunction",)}
"""What running the app's migrations takes: to call the functions that run them."""
WITH_A_WEB_ACL: Needs = {"web acls": ("wafv2:GetWebACL",)}
"""What CloudFront asks for when a distribution takes one (AWS WAF Developer Guide, "Identity and access management")."""

DESTROYING = frozenset(
    {
        *("cognito-identity:DeleteIdentityPool", "cognito-idp:DeleteUserPool", "cognito-idp:DeleteUserPoolClient"),
        *("dynamodb:DeleteTable",),
    }
)
"""Deletes what people keep. Stacks keep it, so no deploy and no undeploy needs these unless the data itself is to go."""

"""The gateway: functions at their deployed paths, files, and the platform's own addresses."""

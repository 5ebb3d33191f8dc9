"""The sample apps as their users see them: a real server, a real Chromium."""

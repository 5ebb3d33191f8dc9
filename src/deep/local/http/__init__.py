"""HTTP as the platform's servers speak it: connections, requests, replies, and who may ask."""

"""Amazon Pinpoint's own interface as its server sees it (rest-json, version 2016-12-01). Pure."""

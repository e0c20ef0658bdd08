// Package markdown writes results as Markdown, for pull requests, issues, job
// summaries and chats, and escapes text for Markdown.
//
// It promises text that shows as it is in GitHub's and GitLab's Markdown: names
// that others wrote neither format, link nor mention anybody.
//
// It refuses to be complete where that makes a report unreadable: long lists end
// after 20 rows unless all are wanted, and say how many follow.
package markdown

// Package frameworks shows results control by control of a compliance framework:
// which rules stand behind a control, how they fared, and which controls no rule
// covers. Published mappings and our own suggestions are never mixed. It says
// nothing about whether an account complies: that is for people to say.
package frameworks

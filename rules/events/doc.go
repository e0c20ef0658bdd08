// Package events decides whether a pattern takes the event of a call of an API: the
// filter pattern of a metric filter of CloudWatch Logs, or the event pattern of a
// rule of EventBridge.
//
// Of an event that has yet to happen only a part is known: who will have called, from
// where and with which parameters is not. A pattern therefore takes Every such event,
// None, or Some; what the package does not understand is an error and never a guess.
// It asks nobody and keeps nothing.
package events

// Package imports makes a snapshot of what people already have of an account:
// the authorization details of IAM, AWS Config's snapshots, and what single
// commands of the AWS CLI printed.
//
// It promises that what the inputs lack is not collected and never absent, that
// the answers go through the collector as if AWS had given them now, and that an
// input is read strictly: what is wrong with it is told with file and line.
//
// It refuses to ask AWS, and to guess which account an input is about.
package imports

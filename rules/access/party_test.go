package access

import (
	"testing"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

func TestPartyOf(t *testing.T) {
	for name, want := range map[string]Party{
		"arn:aws:iam::111122223333:user/a/ann":           {"user", "111122223333"},
		"arn:aws:iam::111122223333:role/app":             {"role", "111122223333"},
		"arn:aws:sts::111122223333:assumed-role/app/one": {"session", "111122223333"},
		"arn:aws:sts::111122223333:federated-user/bob":   {"federated", "111122223333"},
		"arn:aws:iam::111122223333:root":                 {"account", "111122223333"},
		"111122223333":                                   {"account", "111122223333"},
		"AROAEXAMPLEDELETED001":                          {"unique_id", ""},
		"rds.us-east-1.amazonaws.com":                    {"aws", ""},
		"arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForX": {"aws", "111122223333"},
		"arn:aws:sts::111122223333:assumed-role/aws:ec2-infrastructure/i-0abc":                         {"aws", "111122223333"},
		"*":                                    {"anyone", ""},
		"arn:aws:iam::111122223333:role/app-*": {"anyone", "111122223333"},
		"":                                     {"other", ""},
		"somebody":                             {"other", ""},
	} {
		if got := PartyOf(name); got != want {
			t.Errorf("%q: %+v, want %+v", name, got, want)
		}
	}
}

func TestGone(t *testing.T) {
	const account = "111122223333"
	s := &snapshot.Snapshot{
		Account: snapshot.Account{ID: account, Partition: "aws"},
		Roles:   []snapshot.Role{{ARN: "arn:aws:iam::" + account + ":role/app", Name: "app", ID: "AROAEXAMPLEAPP0000001"}},
		Coverage: []snapshot.Coverage{
			{Service: "iam", Operation: "iam:GetAccountAuthorizationDetails", State: snapshot.OK},
		},
	}
	names := map[string]bool{
		"arn:aws:iam::" + account + ":role/app":                                   false,
		"arn:aws:sts::" + account + ":assumed-role/app/one":                       false,
		"AROAEXAMPLEAPP0000001":                                                   false,
		"arn:aws:sts::" + account + ":assumed-role/aws:ec2-infrastructure/i-0abc": false,
		"arn:aws:iam::444455556666:role/app":                                      false,
		"rds.amazonaws.com":                                                       false,
		"*":                                                                       false,
		"arn:aws:iam::" + account + ":role/other":                                 true,
		"arn:aws:iam::" + account + ":user/ann":                                   true,
		"arn:aws:sts::" + account + ":assumed-role/other/one":                     true,
		"AROAEXAMPLEDELETED001":                                                   true,
	}
	a := New(s)
	for name, want := range names {
		if gone, open := a.Gone(name); gone != want || open != nil {
			t.Errorf("%s: %v, %+v", name, gone, open)
		}
	}
	s.Coverage[0].State = snapshot.Denied
	a = New(s)
	for name, lacking := range names {
		if gone, open := a.Gone(name); gone || (open != nil) != lacking {
			t.Errorf("%s, of a listing that was refused: %v, %+v", name, gone, open)
		}
	}
}

package access

// Takeover is a way in which a principal that cannot perform an action could
// come to: by rights over the key itself, over its own policies, or over somebody
// who can (K13). Of several ways it is a shortest one.
//
// The steps looked at are those of Steps. A boundary, an SCP and a Deny of an
// identity policy are taken to stay as they are. What runs under a role already
// (functions, instances, pods) is not in a snapshot: whoever can change that is
// not found.
type Takeover struct {
	Principal Principal `json:"principal"`
	// Verdict is Allowed if every step is, and what they lead to; else it is that of
	// the worst of them.
	Verdict Verdict `json:"verdict"`
	Steps   []Step  `json:"steps"`
	// Then are the requests that the steps make possible, decided with the policies
	// as they are after them.
	Then []Part `json:"then"`
}

// Step is one step of a takeover, and the requests that it needs.
type Step struct {
	Kind StepKind `json:"kind"`
	By   string   `json:"by"` // ARN of the principal who takes it
	On   string   `json:"on"` // ARN of what it acts on
	// Service runs the role of On for the principal; "" for other steps.
	Service string `json:"service,omitzero"`
	// As is the principal who goes on; "" where the step is the last and is on the
	// key or bucket.
	As       string `json:"as"`
	Requests []Part `json:"requests"`
}

// StepKind is a kind of step.
type StepKind string

// The kinds of steps.
const (
	StepAssumeRole     StepKind = "assume_role"     // become a role
	StepTrustPolicy    StepKind = "trust_policy"    // let itself into a role, and become it
	StepPassRole       StepKind = "pass_role"       // have a service run as a role
	StepCredentials    StepKind = "credentials"     // become a user by credentials made for it
	StepIdentityPolicy StepKind = "identity_policy" // write or attach a policy of a role or user
	StepPolicyVersion  StepKind = "policy_version"  // rewrite a managed policy that a role or user has
	StepGroupPolicy    StepKind = "group_policy"    // write or attach a policy of a user's group
	StepJoinGroup      StepKind = "join_group"      // add itself to a group
	StepTagItself      StepKind = "tag_itself"      // take a tag that a condition asks for
	StepKeyPolicy      StepKind = "key_policy"      // rewrite the key policy
	StepGrant          StepKind = "grant"           // create a grant for itself
	StepTagKey         StepKind = "tag_key"         // give the key a tag that a condition asks for
	StepAlias          StepKind = "alias"           // give the key an alias that a condition asks for
	StepBucketPolicy   StepKind = "bucket_policy"   // rewrite the bucket policy
)

// Steps lists the actions that are looked at, by the kind of step they make. Those
// of PassRole go with the actions that make the service run: see Services.
func Steps() map[StepKind][]string {
	return map[StepKind][]string{
		StepAssumeRole:     {"sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"},
		StepTrustPolicy:    {"iam:UpdateAssumeRolePolicy"},
		StepPassRole:       {"iam:PassRole"},
		StepCredentials:    {"iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"},
		StepIdentityPolicy: {"iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:PutUserPolicy", "iam:AttachUserPolicy"},
		StepPolicyVersion:  {"iam:CreatePolicyVersion"},
		StepGroupPolicy:    {"iam:PutGroupPolicy", "iam:AttachGroupPolicy"},
		StepJoinGroup:      {"iam:AddUserToGroup"},
		StepTagItself:      {"iam:TagRole", "iam:TagUser"},
		StepKeyPolicy:      {"kms:PutKeyPolicy"},
		StepGrant:          {"kms:CreateGrant"},
		StepTagKey:         {"kms:TagResource"},
		StepAlias:          {"kms:CreateAlias"},
		StepBucketPolicy:   {"s3:PutBucketPolicy"},
	}
}

// Services lists the services that are looked at as ways to use a role by passing
// it: what may be trusted by the role, and the actions that make it run.
func Services() map[string][]string {
	return map[string][]string{
		"cloudformation.amazonaws.com":  {"cloudformation:CreateStack"},
		"codebuild.amazonaws.com":       {"codebuild:CreateProject", "codebuild:StartBuild"},
		"ec2.amazonaws.com":             {"ec2:RunInstances"},
		"ecs-tasks.amazonaws.com":       {"ecs:RegisterTaskDefinition", "ecs:RunTask"},
		"glue.amazonaws.com":            {"glue:CreateJob", "glue:StartJobRun"},
		"lambda.amazonaws.com":          {"lambda:CreateFunction", "lambda:InvokeFunction"},
		"sagemaker.amazonaws.com":       {"sagemaker:CreateNotebookInstance", "sagemaker:CreatePresignedNotebookInstanceUrl"},
		"scheduler.amazonaws.com":       {"scheduler:CreateSchedule"},
		"ssm.amazonaws.com":             {"ssm:StartAutomationExecution"},
		"states.amazonaws.com":          {"states:CreateStateMachine", "states:StartExecution"},
		"tasks.apprunner.amazonaws.com": {"apprunner:CreateService"},
	}
}

// stepActions are all actions of steps.
func stepActions() []string {
	var names []string
	for _, actions := range Steps() {
		names = append(names, actions...)
	}
	for _, actions := range Services() {
		names = append(names, actions...)
	}
	return names
}

// grade orders verdicts by how far they let a request through.
func grade(v Verdict) int {
	switch v {
	case Allowed:
		return 3
	case Depends:
		return 2
	case Unknown:
		return 1
	case ExplicitlyDenied, ImplicitlyDenied:
	}
	return 0
}

// lesser is the verdict of requests that both have to be allowed.
func lesser(v, w Verdict) Verdict {
	if grade(w) < grade(v) {
		return w
	}
	return v
}

// Takeovers finds who could give itself one of the actions on a key without being
// able to perform any of them now; holders are those who are: the answer of
// WhoCan. Those who can under conditions only are told if they can rid themselves
// of the conditions. unread is what was not read and could add to the list.
func (a *Account) Takeovers(keyARN string, actions []string, holders []Holder) (list []Takeover, unread []UnreadRef) {
	owner := a.ownerOf(keyARN)
	k := owner.keys[keyARN]
	if k == nil || k.policy != nil && k.policy.unread != nil {
		return nil, nil // WhoCan tells
	}
	g := owner.keyGoal(k, actions)
	g.account = a // that knows the others
	can := map[string]Verdict{}
	for i := range holders {
		best := ImplicitlyDenied
		for _, d := range holders[i].By {
			if grade(d.Verdict) > grade(best) {
				best = d.Verdict
			}
		}
		can[holders[i].Principal.ARN] = best
	}
	return newHunt(a, g, can).run()
}

package facts

import (
	"slices"
	"strings"

	"github.com/kmsaudit/kmsaudit/collector/policy"
	"github.com/kmsaudit/kmsaudit/collector/snapshot"
	"github.com/kmsaudit/kmsaudit/rules/access"
)

// prober asks what a bucket policy denies, to callers whose own policies allow
// everything.
type prober struct {
	partition, account, bucket string
	policies                   access.Policies
	keys                       []string // condition keys that the policies test, sorted
	tested                     string   // the same, joined
	clients                    clients
	silent                     bool // no policy denies anything
	// What the policies make exceptions for: principals, objects and actions.
	spared  []caller
	objects []string
	actions []string

	callers []caller // see everybody
	asked   access.Request
	found   found
}

// someoneElse is an account that no policy names.
const someoneElse = "000000000000"

// caller is somebody that a guard has to hold against.
type caller struct {
	name, arn string
	pattern   bool // the ARN stands for all that a pattern matches
}

// everybody is a role of the account, a stranger, somebody without a name, and
// whoever the policies make an exception for.
func (p *prober) everybody() []caller {
	return append([]caller{
		{name: "a role of the account", arn: someRole(p.partition, p.account)},
		{name: "another account", arn: someRole(p.partition, someoneElse)},
		{name: "anybody", arn: "*"},
	}, p.spared...)
}

func (b *builder) prober(bucket *snapshot.Bucket, document *policy.Document) *prober {
	p := &prober{
		partition: b.s.Account.Partition, account: b.s.Account.ID, bucket: bucket.ARN, objects: []string{"kmsaudit-probe"}, clients: b.clients,
		found: found{uploads: map[form]upload{}, open: map[transport][]string{}},
	}
	if document == nil && len(b.controls) == 0 {
		p.silent, p.callers = true, p.everybody()
		return p
	}
	common := b.probed()
	p.policies.Identity, p.policies.RCP = common.Identity, common.RCP
	if document != nil {
		at := place("buckets", b.buckets[bucket.Name], "policy", "value")
		p.policies.Resource = access.CompileAt(bucket.Name, access.LayerResource, at, document)
		p.note(document)
	}
	for _, level := range b.controls {
		for _, control := range level {
			p.note(control)
		}
	}
	p.tested, p.callers = strings.Join(p.keys, " "), p.everybody()
	return p
}

// probed are the policies that all probes are made with.
func (b *builder) probed() *access.Policies {
	if b.probes == nil {
		all := &policy.Document{Version: "2012-10-17", Statements: []policy.Statement{
			{Effect: policy.Allow, Action: []string{"*"}, Resource: []string{"*"}, Pointer: "/Statement/0"},
		}}
		b.probes = &access.Policies{Identity: []*access.Policy{access.Compile("probe", access.LayerIdentity, all)}}
		for _, level := range b.controls {
			var compiled []*access.Policy
			for _, control := range level {
				compiled = append(compiled, access.Compile("", access.LayerRCP, control))
			}
			b.probes.RCP = append(b.probes.RCP, compiled)
		}
	}
	return b.probes
}

func (p *prober) note(document *policy.Document) {
	for _, statement := range document.Statements {
		for _, c := range statement.Conditions {
			p.keys = insertKey(p.keys, c.Key)
		}
		if statement.Effect == policy.Deny {
			p.except(statement)
		}
	}
}

// request is good until the next one.
func (p *prober) request(caller, action, object string, f form) *access.Request {
	resource := p.bucket
	if object != "" {
		resource += "/" + object
	}
	p.asked = access.Request{
		Principal: access.Caller{ARN: caller}, Action: action, Resource: resource, ResourceAccount: p.account,
		Context: p.clients.context(p.keys, p.tested, caller, f),
	}
	return &p.asked
}

// upload says whether an upload with the given headers is denied to everybody,
// wherever in the bucket it goes.
func (p *prober) upload(f form) (string, []access.StatementRef) {
	if p.silent {
		return "allowed", nil
	}
	answer, met := p.found.uploads[f]
	if !met {
		answer.word, answer.by = p.tryUpload(f)
		p.found.uploads[f] = answer
	}
	return answer.word, answer.by
}

func (p *prober) tryUpload(f form) (string, []access.StatementRef) {
	denied, open, all := 0, 0, 0
	var by []access.StatementRef
	for _, caller := range p.callers {
		for _, object := range p.objects {
			all++
			request := p.request(caller.arn, "s3:PutObject", object, f)
			switch access.Evaluate(request, &p.policies) {
			case access.ExplicitlyDenied:
				denied++
				if by == nil {
					by = access.Decide(request, &p.policies).DecidedBy
				}
			case access.Depends, access.Unknown:
				open++
			case access.Allowed, access.ImplicitlyDenied: // nothing denies it to this caller
			}
		}
	}
	switch {
	case denied == all:
		return "denied", by
	case open > 0 || denied > 0:
		return "depends", nil
	}
	return "allowed", nil
}

// anyAction stands for the actions that no policy names one by one.
const anyAction = "s3:KmsauditProbe"

// plainHTTP lists the requests that are not denied over plain HTTP.
func (p *prober) plainHTTP() []string { return p.open(transport{plain: true}) }

// open lists the requests that are not denied when they go over a certain
// transport: the actions that matter most, one that only a denial of all covers,
// on the bucket and on its objects.
func (p *prober) open(over transport) []string {
	open, met := p.found.open[over]
	if !met {
		open = p.tryOver(over)
		p.found.open[over] = open
	}
	return open
}

func (p *prober) tryOver(over transport) []string {
	var open []string
	matter := []string{"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:GetBucketPolicy", anyAction}
	for _, action := range append(matter, p.actions...) {
		objects := append([]string{""}, p.objects...)
		switch action {
		case "s3:ListBucket", "s3:GetBucketPolicy":
			objects = []string{""}
		case "s3:GetObject", "s3:PutObject", "s3:DeleteObject":
			objects = p.objects
		}
		for _, caller := range p.callers {
			if p.silent || slices.ContainsFunc(objects, func(object string) bool { return p.someForm(caller, action, object, over) }) {
				open = append(open, strings.Replace(action, anyAction, "some other action", 1)+" by "+caller.name)
			}
		}
	}
	return open
}

// someForm tells whether some form of the request goes over the transport: an
// upload that is denied for its encryption headers may go with others.
func (p *prober) someForm(by caller, action, object string, over transport) bool {
	forms := uploads[:]
	if action != "s3:PutObject" {
		forms = forms[:1]
	}
	return slices.ContainsFunc(forms, func(f form) bool {
		f.transport = over
		return access.Evaluate(p.request(by.arn, action, object, f), &p.policies) != access.ExplicitlyDenied
	})
}

func guards(bucket *snapshot.Bucket, p *probe, at string, reason *Unread) (*Guards, *Unread) {
	if reason != nil {
		return nil, reason
	}
	g := &Guards{Place: at, OpenToHTTP: p.plainHTTP()}
	g.OtherAlgorithm, _ = p.upload(form{algorithm: "AES256"})
	g.OtherKey, _ = p.upload(form{
		algorithm: "aws:kms",
		key:       "arn:" + p.partition + ":kms:" + regionWord(bucket) + ":" + p.account + ":key/00000000-0000-0000-0000-kmsauditprobe",
	})
	var by []access.StatementRef
	g.NoHeader, by = p.upload(form{})
	g.NoHeaderBy = p.statements(by)
	return g, nil
}

// customerKeys finds out whether SSE-C is refused: by the bucket's configuration,
// by its policy, or by neither. A configuration that says nothing of SSE-C is no
// proof either way.
func customerKeys(fact *Bucket, p *probe, at string, reason *Unread) (*CustomerKeys, *Unread) {
	if fact.Encryption != nil && fact.Encryption.SSEC == "blocked" {
		return &CustomerKeys{Place: fact.Encryption.Place, By: "bucket"}, nil
	}
	if reason != nil {
		return nil, reason
	}
	denied, _ := p.upload(form{customer: "AES256"})
	switch {
	case denied == "denied":
		return &CustomerKeys{Place: at, By: "policy"}, nil
	case fact.Encryption == nil:
		unread := fact.Unread["encryption"]
		return nil, &unread
	case fact.Encryption.SSEC == "unsaid":
		return nil, &Unread{State: snapshot.NotCollected.String(), Operation: "s3:GetEncryptionConfiguration", Code: "BlockedEncryptionTypesNotGiven"}
	}
	return &CustomerKeys{Place: fact.Encryption.Place, By: "nothing"}, nil
}

func regionWord(bucket *snapshot.Bucket) string {
	region, _ := bucket.Region.Get()
	return strings.TrimSpace(region)
}

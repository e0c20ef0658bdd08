package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kmsaudit/kmsaudit/rules/access"
	"github.com/kmsaudit/kmsaudit/rules/chain"
	"github.com/kmsaudit/kmsaudit/rules/why"
)

// whyOptions are the flags of why.
type whyOptions struct {
	question                 why.Question
	context, unknown, absent []string
	bucketKey, expect        choice
	output                   string
	format, color            choice
	width                    int
	ascii                    bool
}

func (a *app) why() *cobra.Command {
	o := &whyOptions{
		bucketKey: choice{"", []string{"on", "off"}},
		expect:    choice{"", []string{"allowed", "denied"}},
		format:    choice{"table", []string{"table", "json"}},
		color:     choice{"auto", []string{"auto", "always", "never"}},
	}
	cmd := &cobra.Command{
		Use:   "why SNAPSHOT…",
		Short: "Tell why a principal may or may not perform an operation",
		Long: `Tell why a principal may or may not perform an operation of S3 or an action of
KMS: the verdict, then request by request what each layer of policies says, with
the statements that decide and their lines. An operation of S3 has a half that
S3 decides and, where the data are under SSE-KMS, a half that KMS decides.

A denial is told with its causes, in the order in which to look, and with what
would mend it: the statements to add and where. A mend is called proved if it
was applied to the snapshot in memory, decided again, and allowed; it opens the
one action on the one resource to the one principal, and nothing else. The state
of the key stands beside the verdict.

The operation is an action such as kms:Decrypt or s3:ListBucket, kms:ReEncrypt,
or an operation of S3:
` + operationNames() + `.

The principal is an ARN, the name of a role or user, an account id, the name of
a service, or * for anybody. The resource is an ARN, s3://BUCKET/KEY, the id of
a key or an alias; s3://BUCKET/* is any object. A request comes over TLS and
without headers for encryption, unless --context says otherwise; other condition
keys are not known unless --context or --absent says them.

Give the snapshots of both accounts where a request crosses accounts.

Exit codes: 0 answered, 1 not what --expect says, 2 wrong usage, or a name that
is not there, 3 not known, because something was not read, 4 the run failed.`,
		Example: `  kmsaudit why --principal role/payments --operation s3:PutObject --resource s3://payments-prod/ledger.csv snapshot.json
  kmsaudit why --principal arn:aws:iam::111122223333:user/ann --operation kms:Decrypt --resource alias/payments snapshot.json
  kmsaudit why --principal role/copier --operation CopyObject --source s3://in/a --resource s3://out/a snapshot.json
  kmsaudit why --principal role/app --operation s3:PutObject --resource 's3://payments-prod/*' \
    --context s3:x-amz-server-side-encryption=aws:kms --expect denied snapshot.json`,
		Args: arguments(1, -1, "the file of a snapshot"),
	}
	cmd.RunE = a.does(func(_ *cobra.Command, args []string) error { return a.runWhy(o, args) })
	f := cmd.Flags()
	f.StringVar(&o.question.Principal, "principal", "", "`who` asks")
	f.StringVar(&o.question.Operation, "operation", "", "`what` the principal does: an action, or an operation of S3")
	f.StringVar(&o.question.Resource, "resource", "", "`on` which key, bucket or object")
	f.StringVar(&o.question.Source, "source", "", "the `source` of a copy, of replication or of a re-encryption")
	f.StringVar(&o.question.Key, "key", "", "the `key` that S3 uses (default that of the object or bucket), or that an alias is to stand for")
	choose(cmd, &o.bucketKey, "bucket-key", "", "whether the object is under a Bucket Key")
	f.StringArrayVar(&o.context, "context", nil, "`key=value` of a condition key that the request has; can be repeated")
	f.StringArrayVar(&o.unknown, "unknown", nil, "condition `key` of which nothing is known; can be repeated")
	f.StringArrayVar(&o.absent, "absent", nil, "condition `key` that the request does not have; can be repeated")
	choose(cmd, &o.expect, "expect", "", "exit with 1 if the verdict is another one")
	f.StringVarP(&o.output, "output", "o", "", "`file` to write to instead of stdout")
	choose(cmd, &o.format, "format", "f", "format of the answer")
	f.IntVar(&o.width, "width", 0, "columns of the text (default that of the terminal)")
	f.BoolVar(&o.ascii, "ascii", false, "draw with plain letters, as in a pipe")
	choose(cmd, &o.color, "color", "", "colours in the text")
	return cmd
}

// operationNames lists the operations of S3, in lines.
func operationNames() string {
	var names []string
	for _, o := range access.Operations() {
		names = append(names, o.Name)
	}
	slices.Sort(names)
	return strings.Join(wrapped(strings.Join(names, ", "), 80), "\n")
}

func (a *app) runWhy(o *whyOptions, paths []string) error {
	if err := o.check(); err != nil {
		return wrong(err)
	}
	stop := a.pace(paths)
	defer stop()
	files, err := readSnapshots(paths, &settled{})
	if err != nil {
		return wrong(err)
	}
	answer, err := why.New(files...).Ask(o.question)
	if err != nil {
		return notFound(err)
	}
	for _, key := range answer.Untested {
		a.say("no policy that bears on the question tests %s: it changes nothing", key)
	}
	for _, obstacle := range answer.Obstacles {
		a.say("whatever the policies say, it fails: %s", obstacle.Text)
	}
	if err := a.writeWhy(answer, o); err != nil {
		return err
	}
	return o.verdict(answer)
}

// check holds the flags to what they can be.
func (o *whyOptions) check() error {
	q := &o.question
	if o.width < 0 {
		return fmt.Errorf("--width %d is less than nothing", o.width)
	}
	if q.Operation == "" {
		return errors.New("--operation is missing")
	}
	if named, found := access.NamedOperation(q.Operation); q.Principal == "" && (!found || named.Service == "") {
		return errors.New("--principal is missing")
	}
	if o.bucketKey.value != "" {
		on := o.bucketKey.value == "on"
		q.BucketKey = &on
	}
	q.Context = map[string][]string{}
	for _, pair := range o.context {
		key, value, found := strings.Cut(pair, "=")
		if !found {
			return fmt.Errorf("--context %q is not key=value", pair)
		}
		q.Context[key] = append(q.Context[key], value)
	}
	q.Unknown, q.Absent = o.unknown, o.absent
	var given []string
	for key := range q.Context {
		given = append(given, key)
	}
	for _, key := range slices.Concat(given, o.unknown, o.absent) {
		if service, name, found := strings.Cut(key, ":"); !found || service == "" || name == "" {
			return fmt.Errorf("%q is not a condition key, such as aws:SourceIp or kms:EncryptionContext:project", key)
		}
	}
	return nil
}

// verdict is the end of the run by the verdict and what was expected.
func (o *whyOptions) verdict(answer *why.Answer) error {
	next := "collect again with the permissions that are missing"
	if answer.Verdict == access.Unknown {
		if len(answer.Snapshots) == 1 && strings.Contains(answer.Summary, " was not read") {
			next = "give the snapshot of that account too"
		}
		return &exit{code: exitIncomplete, err: errors.New(answer.Summary), next: next}
	}
	expected := o.expect.value
	met := expected == "" || expected == "allowed" && answer.Verdict == access.Allowed || expected == "denied" && answer.Verdict.Denied()
	if !met {
		return &exit{code: exitFindings, err: fmt.Errorf("the verdict is %s, and %s was expected", answer.Verdict, expected)}
	}
	if expected == "allowed" && len(answer.RestsOn) > 0 {
		var layers []string
		for _, layer := range answer.RestsOn {
			layers = append(layers, strings.ToUpper(string(layer))+"s")
		}
		return &exit{
			code: exitIncomplete, err: fmt.Errorf("the verdict rests on %s, which were not read", strings.Join(layers, " and ")), next: next,
		}
	}
	return nil
}

// writeWhy writes an answer as data or as text.
func (a *app) writeWhy(answer *why.Answer, o *whyOptions) error {
	if o.format.value == "json" {
		return a.writeJSON(o.output, answer)
	}
	d := a.drawing(o.output, o.width, o.ascii, o.color.value)
	d.why(answer)
	return a.write(o.output, []byte(d.out.String()), 0o600)
}

// sourceWords says which snapshot an answer is from.
func sourceWords(s chain.Source) string {
	return "account " + s.Account + " on " + s.CollectedAt + ", as " + s.Path + " has it (SHA-256 " + s.SHA256[:12] + ")"
}

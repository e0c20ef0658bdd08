package imports

import (
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	acctypes "github.com/aws/aws-sdk-go-v2/service/account/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/kmsaudit/kmsaudit/collector"
)

// world is AWS as far as the inputs know it.
type world struct {
	pages      map[place][]any
	errors     map[place]error
	missing    map[place]string    // why the page after the last one is not there
	objects    map[string][]string // asked for, by bucket
	identified bool                // somebody kept who asked
}

// world settles which answers there are. What is named without being listed
// becomes a page of its listing, which then goes on with one that nobody has.
func (i *importer) world() (*world, error) {
	if err := i.useConfig(); err != nil {
		return nil, err
	}
	w := &world{pages: map[place][]any{}, errors: map[place]error{}, missing: map[place]string{}, objects: map[string][]string{}}
	for at, a := range i.answers {
		if a.err != nil {
			w.errors[at] = a.err
			continue
		}
		pages, whole := chain(a.pages)
		w.pages[at] = pages
		if !whole {
			w.missing[at] = a.from + " goes on with a page that is not among the inputs"
		}
	}
	i.filtered(w)
	i.listKeys(w)
	i.listBuckets(w)
	i.listRegions(w)
	who := place{operation: sdk("STS", "GetCallerIdentity")}
	w.identified = w.pages[who] != nil
	if !w.identified {
		root := "arn:" + i.partition + ":iam::" + i.account + ":root"
		w.pages[who] = []any{&sts.GetCallerIdentityOutput{Account: &i.account, Arn: &root}}
	}
	return w, nil
}

// answer answers the collector.
func (w *world) answer(q collector.Question) (any, error) {
	at := place{operation: sdk(q.Service, q.Operation)}
	if at.operation == nil {
		return nil, &collector.NotKept{Why: q.Service + " " + q.Operation + " cannot be imported"}
	}
	if at.operation.regional {
		at.region = q.Region
	}
	var about []string
	for _, name := range at.operation.about {
		about = append(about, text(field(q.Input, []string{name})))
	}
	at.resource = strings.Join(about, "/")
	if at.operation.service == "KMS" || at.operation.service == "CloudTrail" { // their ARNs end with what files call them
		at.resource = at.resource[strings.LastIndexByte(at.resource, '/')+1:]
	}
	if err := w.errors[at]; err != nil {
		return nil, err
	}
	pages, n := w.pages[at], wanted(q.Input)
	switch {
	case n >= 0 && n < len(pages):
		return pages[n], nil
	case len(pages) > 0:
		return nil, &collector.NotKept{Why: w.missing[at]}
	}
	why := "no input is an output of " + at.operation.cli()
	if at.resource != "" {
		why += " for " + at.resource
	}
	return nil, &collector.NotKept{Why: why}
}

func text(f reflect.Value) string {
	if f.Kind() == reflect.Pointer {
		if f.IsNil() {
			return ""
		}
		f = f.Elem()
	}
	return f.String()
}

// named lists what the answers of a service are about, by Region.
func (i *importer) named(service string) map[string][]string {
	list := map[string][]string{}
	for at := range i.answers {
		if at.operation.service == service && at.resource != "" {
			name, _, _ := strings.Cut(at.resource, "/")
			list[at.region] = append(list[at.region], name)
		}
	}
	for region := range list {
		slices.Sort(list[region])
		list[region] = slices.Compact(list[region])
	}
	return list
}

// unlisted adds to a listing what is named and not in it. Nothing is added to one
// that is whole: what it does not have was deleted, or made later.
func (w *world) unlisted(i *importer, at place, named []string, listed map[string]bool, page func([]string) any) {
	if w.errors[at] != nil {
		return
	}
	var extra []string
	for _, name := range named {
		if !listed[name] {
			extra = append(extra, name)
		}
	}
	if len(extra) == 0 {
		return
	}
	pages := w.pages[at]
	if len(pages) > 0 && w.missing[at] == "" {
		i.note("%s is complete and lacks %s: what the inputs say of that is left out", at.operation.cli(), strings.Join(extra, ", "))
		return
	}
	if w.missing[at] == "" {
		w.missing[at] = "no input is an output of " + at.operation.cli()
	}
	pages = append(pages, page(extra))
	for n, p := range pages {
		continued(p, n+1)
	}
	w.pages[at] = pages
}

func (i *importer) listKeys(w *world) {
	for region, ids := range i.named("KMS") {
		at := place{operation: sdk("KMS", "ListKeys"), region: region}
		listed := map[string]bool{}
		for _, page := range w.pages[at] {
			for _, k := range page.(*kms.ListKeysOutput).Keys {
				listed[aws.ToString(k.KeyId)] = true
			}
		}
		w.unlisted(i, at, ids, listed, func(ids []string) any {
			page := &kms.ListKeysOutput{}
			for _, id := range ids {
				arn := "arn:" + i.partition + ":kms:" + region + ":" + i.account + ":key/" + id
				page.Keys = append(page.Keys, kmstypes.KeyListEntry{KeyId: aws.String(id), KeyArn: &arn})
			}
			return page
		})
	}
}

func (i *importer) listBuckets(w *world) {
	at := place{operation: sdk("S3", "ListBuckets")}
	listed := map[string]bool{}
	for _, page := range w.pages[at] {
		list := page.(*s3.ListBucketsOutput).Buckets
		for j := range list {
			i.complete(&list[j])
			listed[aws.ToString(list[j].Name)] = true
		}
	}
	w.unlisted(i, at, i.named("S3")[""], listed, func(names []string) any {
		page := &s3.ListBucketsOutput{}
		for _, name := range names {
			b := s3types.Bucket{Name: aws.String(name)}
			i.complete(&b)
			page.Buckets = append(page.Buckets, b)
		}
		return page
	})
	for at := range i.answers {
		if at.operation.name == "HeadObject" {
			bucket, key, _ := strings.Cut(at.resource, "/")
			w.objects[bucket] = append(w.objects[bucket], key)
		}
	}
}

// listRegions names the Regions that the inputs are about. There may be more.
func (i *importer) listRegions(w *world) {
	at := place{operation: sdk("Account", "ListRegions")}
	if w.pages[at] != nil || w.errors[at] != nil {
		return
	}
	var regions []string
	for at := range i.answers {
		if at.region != "" {
			regions = append(regions, at.region)
		}
	}
	slices.Sort(regions)
	page := &account.ListRegionsOutput{}
	for _, region := range slices.Compact(regions) {
		page.Regions = append(page.Regions, acctypes.Region{RegionName: aws.String(region)})
	}
	w.missing[at] = "no input says which other Regions the account has"
	continued(page, 1)
	w.pages[at] = []any{page}
}

package access

import (
	"slices"
	"strings"
	"sync"

	"github.com/agnivade/levenshtein"
)

// onShape is what an action has to be allowed on. An action that is on resources of
// many kinds fits none and is not judged.
type onShape struct {
	fits  shape
	needs string
}

// shapes are the actions of KMS and S3, in lower case, with what they are on.
var shapes = sync.OnceValue(func() map[string]onShape {
	all := map[string]onShape{}
	for _, action := range kmsActions() {
		on := onShape{shapeKey | shapeAlias, NeedsKey}
		if action.Resource == onNothing {
			on = onShape{shapeKMS, NeedsStar}
		}
		all[strings.ToLower(action.Name)] = on
	}
	for _, action := range s3Actions() {
		on := onShape{}
		switch action.On {
		case OnObject:
			on = onShape{shapeObject, NeedsObject}
		case OnBucket:
			on = onShape{shapeBucket, NeedsBucket}
		case OnAccount:
			on = onShape{shapeS3, NeedsStar}
		}
		all[strings.ToLower(action.Name)] = on
	}
	for _, name := range [...]string{"s3:tagresource", "s3:untagresource", "s3:listtagsforresource", "s3:createjob"} {
		all[name] = onShape{}
	}
	return all
})

// actionsLike lists the actions of KMS and S3, in lower case, that a pattern matches.
func actionsLike(text string) []string {
	p := compileAction(text)
	var list []string
	for name := range shapes() {
		if p.matches(name) {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// operationsOnly are operations that have no action of their own name, and the
// actions that they ask for (M10, K11).
var operationsOnly = map[string][]string{
	"kms:reencrypt":              {"kms:ReEncryptFrom", "kms:ReEncryptTo"},
	"s3:headobject":              {"s3:GetObject"},
	"s3:headbucket":              {"s3:ListBucket"},
	"s3:copyobject":              {"s3:GetObject", "s3:PutObject"},
	"s3:listobjects":             {"s3:ListBucket"},
	"s3:listobjectsv2":           {"s3:ListBucket"},
	"s3:listbuckets":             {"s3:ListAllMyBuckets"},
	"s3:createmultipartupload":   {"s3:PutObject"},
	"s3:uploadpart":              {"s3:PutObject"},
	"s3:completemultipartupload": {"s3:PutObject"},
	"s3:deleteobjects":           {"s3:DeleteObject"},
	"s3:getbucketencryption":     {"s3:GetEncryptionConfiguration"},
	"s3:putbucketencryption":     {"s3:PutEncryptionConfiguration"},
	"s3:getbucketreplication":    {"s3:GetReplicationConfiguration"},
	"s3:putbucketreplication":    {"s3:PutReplicationConfiguration"},
	"s3:listparts":               {"s3:ListMultipartUploadParts"},
	"s3:listmultipartuploads":    {"s3:ListBucketMultipartUploads"},
	"s3:listobjectversions":      {"s3:ListBucketVersions"},
}

// meantBy finds the actions that an entry of Action stands for which matches none:
// that of the operation, or the one that is spelled almost alike. Without any, AWS
// may have the action and this version not know it.
func meantBy(service, name string) []string {
	if meant := operationsOnly[service+":"+strings.TrimRight(name, "*")]; meant != nil {
		return meant
	}
	letters := strings.NewReplacer("*", "", "?", "").Replace(name)
	if len(letters) < 5 {
		return nil
	}
	best, least := "", 3
	see := func(known string) {
		candidate := strings.ToLower(known[len(service)+1:])
		if d := len(candidate) - len(letters); d >= least || -d >= least {
			return
		}
		if d := levenshtein.ComputeDistance(letters, candidate); d < least {
			best, least = known, d
		}
	}
	if service == "kms" {
		for _, action := range kmsActions() {
			see(action.Name)
		}
	} else {
		for _, action := range s3Actions() {
			see(action.Name)
		}
	}
	if best == "" {
		return nil
	}
	return []string{best}
}

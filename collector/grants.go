package collector

import (
	"cmp"
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// grants lists the grants on a key. A list that is not complete is not known:
// the grant that is missing may be the one that matters.
func (r keyReader) grants(ctx context.Context, k *snapshot.Key) outcome {
	grants := []snapshot.Grant{}
	o := list(listGrants, func(marker *string) (page, outcome) {
		out, o := ask(ctx, r.c, listGrants, r.region, func(ctx context.Context) (*kms.ListGrantsOutput, error) {
			return r.client.ListGrants(ctx, &kms.ListGrantsInput{KeyId: &k.ARN, Limit: aws.Int32(100), Marker: marker})
		})
		if !o.ok() {
			return page{}, o
		}
		for _, g := range out.Grants {
			grants = append(grants, grant(g))
		}
		return page{out.Truncated, out.NextMarker}, o
	})
	if !o.ok() {
		k.Grants = reading[[]snapshot.Grant](o)
		return o
	}
	grants = unique(grants, func(g snapshot.Grant) string { return g.ID })
	slices.SortFunc(grants, func(a, b snapshot.Grant) int { return cmp.Compare(a.ID, b.ID) })
	k.Grants = snapshot.Of(grants)
	return o
}

func grant(g types.GrantListEntry) snapshot.Grant {
	read := snapshot.Grant{
		ID:                       aws.ToString(g.GrantId),
		Name:                     aws.ToString(g.Name),
		CreatedAt:                at(g.CreationDate),
		Grantee:                  aws.ToString(g.GranteePrincipal),
		GranteeService:           aws.ToString(g.GranteeServicePrincipal),
		RetiringPrincipal:        aws.ToString(g.RetiringPrincipal),
		RetiringServicePrincipal: aws.ToString(g.RetiringServicePrincipal),
		IssuingAccount:           aws.ToString(g.IssuingAccount),
		Operations:               make([]string, 0, len(g.Operations)),
	}
	for _, operation := range g.Operations {
		read.Operations = append(read.Operations, string(operation))
	}
	slices.Sort(read.Operations)
	if constraints := g.Constraints; constraints != nil {
		read.EncryptionContextEquals = constraints.EncryptionContextEquals
		read.EncryptionContextSubset = constraints.EncryptionContextSubset
		read.SourceARN = aws.ToString(constraints.SourceArn)
	}
	return read
}

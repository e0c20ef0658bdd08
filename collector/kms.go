package collector

import (
	"context"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// kms reads the keys, aliases and custom key stores of one Region. It needs
// kms:ListKeys, kms:ListAliases and kms:DescribeCustomKeyStores, and what key.go
// says for each key.
func (c *collection) kms(ctx context.Context, region string) {
	client := c.aws.kms(region)
	var parts sync.WaitGroup
	parts.Go(func() { c.keys(ctx, client, region) })
	parts.Go(func() { c.aliases(ctx, client, region) })
	parts.Go(func() { c.keyStores(ctx, client, region) })
	parts.Wait()
}

func (c *collection) keys(ctx context.Context, client *kms.Client, region string) {
	keys := listing[snapshot.Key]{
		listKeys, region, in(c.before.Keys, region, func(k snapshot.Key) string { return k.Region }),
		func(k snapshot.Key) string { return k.ARN }, func(now *snapshot.Key, before snapshot.Key) { *now = before },
	}.list(c, func() ([]snapshot.Key, outcome) { return c.listKeys(ctx, client, region) })
	c.tally.found(len(keys))

	asked := keyReader{c, client, region}
	there := make([]bool, len(keys))
	index := make([]int, len(keys))
	for i := range index {
		index[i] = i
	}
	each(c.opt.Concurrency, index, func(i *int) {
		there[*i] = asked.read(ctx, &keys[*i])
		c.tally.read()
	})
	c.add(func(s *snapshot.Snapshot) {
		for i, k := range keys {
			if there[i] {
				s.Keys = append(s.Keys, k)
			}
		}
	})
}

func (c *collection) listKeys(ctx context.Context, client *kms.Client, region string) (keys []snapshot.Key, o outcome) {
	o = list(listKeys, func(marker *string) (page, outcome) {
		out, o := ask(ctx, c, listKeys, region, func(ctx context.Context) (*kms.ListKeysOutput, error) {
			return client.ListKeys(ctx, &kms.ListKeysInput{Limit: aws.Int32(1000), Marker: marker})
		})
		if !o.ok() {
			return page{}, o
		}
		for _, k := range out.Keys {
			id := aws.ToString(k.KeyId)
			if arn := aws.ToString(k.KeyArn); !c.ours(arn, "kms", region, "key/") || !strings.HasSuffix(arn, ":"+c.s.Account.ID+":key/"+id) {
				return page{}, unreadable(listKeys, "the answer names a key that cannot be one")
			}
			keys = append(keys, snapshot.Key{ARN: aws.ToString(k.KeyArn), ID: aws.ToString(k.KeyId), Region: region})
		}
		return page{out.Truncated, out.NextMarker}, o
	})
	return keys, o
}

func (c *collection) aliases(ctx context.Context, client *kms.Client, region string) {
	aliases := listing[snapshot.Alias]{
		listAliases, region, in(c.before.Aliases, region, func(a snapshot.Alias) string { return a.Region }),
		func(a snapshot.Alias) string { return a.ARN }, nil,
	}.list(c, func() (aliases []snapshot.Alias, o outcome) {
		o = list(listAliases, func(marker *string) (page, outcome) {
			out, o := ask(ctx, c, listAliases, region, func(ctx context.Context) (*kms.ListAliasesOutput, error) {
				return client.ListAliases(ctx, &kms.ListAliasesInput{Limit: aws.Int32(100), Marker: marker})
			})
			if !o.ok() {
				return page{}, o
			}
			for _, a := range out.Aliases {
				if !c.ours(aws.ToString(a.AliasArn), "kms", region, "alias/") {
					return page{}, unreadable(listAliases, "the answer names an alias that cannot be one")
				}
				aliases = append(aliases, snapshot.Alias{
					ARN: aws.ToString(a.AliasArn), Name: aws.ToString(a.AliasName), Region: region, TargetKey: aws.ToString(a.TargetKeyId),
				})
			}
			return page{out.Truncated, out.NextMarker}, o
		})
		return aliases, o
	})
	c.add(func(s *snapshot.Snapshot) { s.Aliases = append(s.Aliases, aliases...) })
}

// managedByAWS is a key that AWS made for one of its services. Nobody can change
// its policy, grants, rotation or tags, and no rule asks for them.
func managedByAWS(m snapshot.Reading[snapshot.KeyMetadata]) bool {
	metadata, ok := m.Get()
	return ok && strings.EqualFold(metadata.Manager, "AWS")
}

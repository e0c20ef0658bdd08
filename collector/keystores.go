package collector

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// keyStores lists the custom key stores of one Region. It needs
// kms:DescribeCustomKeyStores.
func (c *collection) keyStores(ctx context.Context, client *kms.Client, region string) {
	stores := listing[snapshot.CustomKeyStore]{
		describeCustomKeyStores, region, in(c.before.CustomKeyStores, region, func(s snapshot.CustomKeyStore) string { return s.Region }),
		func(s snapshot.CustomKeyStore) string { return s.ID }, nil,
	}.list(c, func() (stores []snapshot.CustomKeyStore, o outcome) {
		o = list(describeCustomKeyStores, func(marker *string) (page, outcome) {
			out, o := ask(ctx, c, describeCustomKeyStores, region, func(ctx context.Context) (*kms.DescribeCustomKeyStoresOutput, error) {
				return client.DescribeCustomKeyStores(ctx, &kms.DescribeCustomKeyStoresInput{Limit: aws.Int32(1000), Marker: marker})
			})
			if !o.ok() {
				return page{}, o
			}
			for _, s := range out.CustomKeyStores {
				stores = append(stores, snapshot.CustomKeyStore{
					ID: aws.ToString(s.CustomKeyStoreId), Name: aws.ToString(s.CustomKeyStoreName), Region: region,
					Type: string(s.CustomKeyStoreType), ConnectionState: string(s.ConnectionState),
				})
			}
			return page{out.Truncated, out.NextMarker}, o
		})
		return stores, o
	})
	c.add(func(s *snapshot.Snapshot) { s.CustomKeyStores = append(s.CustomKeyStores, stores...) })
}

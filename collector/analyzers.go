package collector

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/accessanalyzer"

	"github.com/kmsaudit/kmsaudit/collector/snapshot"
)

// analyzers lists the analyzers of IAM Access Analyzer in one Region. It needs
// access-analyzer:ListAnalyzers.
func (c *collection) analyzers(ctx context.Context, region string) {
	client := c.aws.accessAnalyzer(region)
	analyzers := listing[snapshot.Analyzer]{
		listAnalyzers, region, in(c.before.Analyzers, region, func(a snapshot.Analyzer) string { return a.Region }),
		func(a snapshot.Analyzer) string { return a.ARN }, nil,
	}.list(c, func() (analyzers []snapshot.Analyzer, o outcome) {
		o = list(listAnalyzers, func(marker *string) (page, outcome) {
			out, o := ask(ctx, c, listAnalyzers, region, func(ctx context.Context) (*accessanalyzer.ListAnalyzersOutput, error) {
				return client.ListAnalyzers(ctx, &accessanalyzer.ListAnalyzersInput{NextToken: marker})
			})
			if !o.ok() {
				return page{}, o
			}
			for _, a := range out.Analyzers {
				analyzer := snapshot.Analyzer{
					ARN: aws.ToString(a.Arn), Name: aws.ToString(a.Name), Region: region, Type: string(a.Type), Status: string(a.Status),
				}
				if !c.ours(analyzer.ARN, "access-analyzer", region, "analyzer/") {
					return page{}, unreadable(listAnalyzers, "the answer names an analyzer that cannot be one")
				}
				analyzers = append(analyzers, analyzer)
			}
			return token(out.NextToken), o
		})
		return analyzers, o
	})
	c.add(func(s *snapshot.Snapshot) { s.Analyzers = append(s.Analyzers, analyzers...) })
}

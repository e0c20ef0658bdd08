package collector

// fallbackRegion is asked first when no Region is configured.
const fallbackRegion = "us-east-1"

// partition is what the collector has to know of a partition beforehand.
type partition struct {
	name string
	// home is the Region that requests to the global services are signed for.
	home string
	// regions are those that every account of the partition has enabled, asked
	// when the account's own list cannot be read.
	regions []string
}

// partitions lists the Regions that are enabled by default: those of the AWS
// account management guide, "AWS Regions available for an account" (aws), and the
// only Regions that the other partitions have.
var partitions = [...]partition{
	{"aws", "us-east-1", []string{
		"ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
		"ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3",
		"sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2",
	}},
	{"aws-us-gov", "us-gov-west-1", []string{"us-gov-east-1", "us-gov-west-1"}},
	{"aws-cn", "cn-north-1", []string{"cn-north-1", "cn-northwest-1"}},
	{"aws-eusc", "eusc-de-east-1", []string{"eusc-de-east-1"}},
}

// partitionOf knows every partition a little: of one that is not in the table it
// knows the Region that was asked first.
func partitionOf(name, region string) partition {
	for _, p := range partitions {
		if p.name == name {
			return p
		}
	}
	return partition{name: name, home: region, regions: []string{region}}
}

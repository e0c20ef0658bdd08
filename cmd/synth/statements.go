package main

import "fmt"

// useActions is what a principal needs that works with an encrypted bucket.
var useActions = []string{"kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"}

// keyActions draws what a statement about keys allows.
func keyActions(d *draw) (action, notAction any) {
	switch d.weighted(30, 30, 15, 8, 5, 4, 3, 2, 3) {
	case 0:
		return "kms:Decrypt", nil
	case 1:
		return useActions, nil
	case 2:
		return []string{"kms:Decrypt", "kms:GenerateDataKey*"}, nil
	case 3:
		return "kms:GenerateDataKey*", nil
	case 4:
		return "kms:*", nil
	case 5:
		return "KMS:decrypt", nil
	case 6:
		return []string{"kms:Generate?ataKey*", "kms:Describe*"}, nil
	case 7:
		return "*", nil
	}
	return nil, []string{"kms:ScheduleKeyDeletion", "kms:PutKeyPolicy", "kms:CreateGrant"}
}

// inline draws a statement of an identity policy; two in five are about keys.
func (w *world) inline(d *draw) statement {
	switch {
	case !d.chance(0.4):
		return w.other(d)
	case d.chance(0.07):
		return w.denyKeys(d)
	}
	s := statement{Effect: "Allow"}
	s.Action, s.NotAction = keyActions(d)
	s.Resource = w.keyResource(d)
	if d.chance(0.08) {
		s.Condition = when("StringEquals", "kms:ViaService", "s3."+pick(d, regions[:])+".amazonaws.com")
	}
	return s
}

func (w *world) keyResource(d *draw) any {
	switch d.weighted(70, 22, 7.5, 0.5) {
	case 0:
		return w.key(d).arn()
	case 1:
		var arns []string
		for range 2 + d.IntN(3) {
			arns = append(arns, w.key(d).arn())
		}
		return arns
	case 2:
		return pick(d, []string{
			"*", "arn:aws:kms:*:" + accountID + ":key/*", "arn:aws:kms:" + pick(d, regions[:]) + ":" + accountID + ":key/*",
			"arn:aws:kms:*:*:key/" + d.hex(1) + "*",
		})
	}
	k := w.key(d)
	return "arn:aws:kms:" + k.region + ":" + accountID + ":" + k.alias
}

func (w *world) denyKeys(d *draw) statement {
	s := statement{Effect: "Deny", Action: "kms:Decrypt", Resource: w.key(d).arn()}
	switch d.IntN(5) {
	case 1:
		s.Resource = "arn:aws:kms:" + pick(d, regions[:]) + ":*:key/" + d.hex(2) + "*"
	case 2:
		s.Resource, s.Condition = "*", when("BoolIfExists", "aws:SecureTransport", "false")
	case 3:
		s.Action, s.NotAction = nil, []string{"kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*", "s3:*", "logs:*"}
	case 4:
		s.Resource, s.NotResource = nil, []string{w.key(d).arn(), w.key(d).arn()}
	}
	return s
}

// other draws a statement that is not about keys.
func (w *world) other(d *draw) statement {
	b := pick(d, w.bucketNames)
	team := pick(d, teams[:])
	switch d.IntN(5) {
	case 0:
		return statement{Effect: "Allow", Action: []string{"s3:GetObject", "s3:PutObject"}, Resource: b.arn() + "/*"}
	case 1:
		return statement{Effect: "Allow", Action: []string{"s3:ListBucket", "s3:GetBucketLocation"}, Resource: []string{b.arn(), pick(d, w.bucketNames).arn()}}
	case 2:
		return statement{
			Sid: "Tables", Effect: "Allow", Action: []string{"dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem"},
			Resource: fmt.Sprintf("arn:aws:dynamodb:%s:%s:table/%s-*", pick(d, regions[:]), accountID, team),
		}
	case 3:
		return statement{Effect: "Allow", Action: []string{"logs:CreateLogStream", "logs:PutLogEvents"}, Resource: "arn:aws:logs:*:" + accountID + ":log-group:/app/" + team + ":*"}
	}
	return statement{Sid: "Queues", Effect: "Allow", Action: []string{"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:SendMessage"}, Resource: "arn:aws:sqs:*:" + accountID + ":" + team + "-*"}
}

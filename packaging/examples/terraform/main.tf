# Checked: the syntax, that references and files exist, and "terraform fmt" where terraform is
# installed; the policies are those that ssm-dotenv prints. Neither the AWS provider nor AWS
# took part.
#
# Role, key and policies; no values. A value of aws_ssm_parameter is in the state in clear,
# for all who can read the state. Values come from "ssm-dotenv push", and Terraform knows
# nothing about them.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

locals {
  policies = "${path.module}/../policies"

  # The policy was printed before there was a key: its id is put in here.
  printed_key_id = "11111111-2222-3333-4444-555555555555"
}

# Only through Parameter Store, and only for parameters below /prod.
resource "aws_kms_key" "prod" {
  description         = "Parameters below /prod"
  enable_key_rotation = true
  policy              = file("${local.policies}/key-policy.json")
}

resource "aws_kms_alias" "prod" {
  name          = "alias/prod"
  target_key_id = aws_kms_key.prod.key_id
}

resource "aws_iam_role" "api" {
  name               = "prod-api"
  assume_role_policy = file("${local.policies}/trust-ecs.json")
}

resource "aws_iam_role_policy" "api" {
  name   = "parameters"
  role   = aws_iam_role.api.id
  policy = replace(file("${local.policies}/application.json"), local.printed_key_id, aws_kms_key.prod.key_id)
}

output "task_role_arn" {
  value = aws_iam_role.api.arn
}

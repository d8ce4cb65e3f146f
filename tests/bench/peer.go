// What chamber exec cannot avoid: AWS's SDK for Go as it configures itself, a path page after page,
// then the command in this process's place. chamber does the same and more. peer-go PATH COMMAND
// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"log"
	"os"
	"strings"
	"syscall"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
)

func main() {
	path, command := os.Args[1], os.Args[2]
	ctx := context.Background()
	settings, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		log.Fatal(err)
	}
	// Debian's SDK is from before AWS_ENDPOINT_URL.
	client := ssm.NewFromConfig(settings, func(options *ssm.Options) {
		options.EndpointResolver = ssm.EndpointResolverFromURL(os.Getenv("AWS_ENDPOINT_URL"))
	})
	environment := os.Environ()
	pages := ssm.NewGetParametersByPathPaginator(client, &ssm.GetParametersByPathInput{
		Path: &path, MaxResults: aws.Int32(10), WithDecryption: aws.Bool(true),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			log.Fatal(err)
		}
		for _, parameter := range page.Parameters {
			name := (*parameter.Name)[strings.LastIndexByte(*parameter.Name, '/')+1:]
			environment = append(environment, strings.ToUpper(name)+"="+*parameter.Value)
		}
	}
	log.Fatal(syscall.Exec(command, []string{command}, environment))
}

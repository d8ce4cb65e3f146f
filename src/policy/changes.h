/* The actions that change parameters, in the order in which the policies list them. */
/* SPDX-License-Identifier: MIT */
#pragma once

#define CHANGES_OF_VALUES                                        \
    "ssm:PutParameter ssm:DeleteParameter ssm:DeleteParameters " \
    "ssm:LabelParameterVersion ssm:UnlabelParameterVersion"
#define CHANGES_OF_TAGS              "ssm:AddTagsToResource ssm:RemoveTagsFromResource"
#define CHANGES_OF_RESOURCE_POLICIES "ssm:PutResourcePolicy ssm:DeleteResourcePolicy"

#define CHANGES_ALL CHANGES_OF_VALUES " " CHANGES_OF_TAGS " " CHANGES_OF_RESOURCE_POLICIES

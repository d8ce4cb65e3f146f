/* SPDX-License-Identifier: MIT */
#include "aws/ssm/parameter.h"

#include <stdlib.h>

#include "base/array.h"

void parameter_clear(struct parameter *parameter)
{
    free(parameter->name);
    free(parameter->type);
    free(parameter->arn);
    free(parameter->selector);
    secret_clear(&parameter->value);
    *parameter = PARAMETER_INIT;
}

bool parameter_list_add_owned(
        struct parameter_list *list, struct parameter *parameter, struct err *reterr)
{
    struct parameter *items = array_grow(list->items, list->len, &list->cap, sizeof(*items));
    if (items == NULL) {
        return err_set_no_memory(reterr);
    }
    list->items = items;
    list->items[list->len++] = *parameter;
    *parameter = PARAMETER_INIT;
    return true;
}

void parameter_list_clear(struct parameter_list *list)
{
    for (size_t i = 0; i < list->len; i++) {
        parameter_clear(&list->items[i]);
    }
    free(list->items);
    *list = (struct parameter_list){ 0 };
}

# Converts PEM text to a C source file that replaces no_builtin_roots.c.
1i\
#include "http/trust.h"\
\
const char *const trust_builtin_roots = __extension__
s/.*/    "&\\n"/
$a\
    ;

# What scdoc's page lacks: .TH turns hyphenation on again, which would break the names of variables,
# and a '-' in text to be typed has to be a minus sign, not a hyphen, to be copied and searched for.
/^\.TH /a\
.nh\
.ad l
/^\.SH NAME$/,/^\.SH SYNOPSIS$/s/ - / \\- /
/^\.nf$/,/^\.fi$/s/-/\\-/g
:again
s/(\\f[BI]([^\\-]|\\[^f])*)-/\1\\-/
t again

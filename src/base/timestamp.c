/* SPDX-License-Identifier: MIT */
#include "base/timestamp.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/ascii.h"

static const int64_t LAST_SECOND_OF_9999 = 253402300799;

static struct tm broken_down(int64_t epoch_s)
{
    time_t when = (time_t)(epoch_s < 0 ? 0 : epoch_s);
    if (epoch_s > LAST_SECOND_OF_9999) {
        when = (time_t)LAST_SECOND_OF_9999;
    }
    struct tm parts = { 0 };
    (void)gmtime_r(&when, &parts);
    return parts;
}

/*
 * Each letter of YYYY, mm, dd, HH, MM and SS stands for a digit, any other character for itself. musl's
 * strftime(3) would add 7 KB to the static program, and take 7,600 instructions more for each time.
 */
static void format(int64_t epoch_s, const char *pattern, char *ret_text)
{
    struct tm parts = broken_down(epoch_s);
    int left[] = { parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour,
        parts.tm_min, parts.tm_sec };
    static const char letters[] = "YmdHMS";
    size_t len = strlen(pattern);
    ret_text[len] = '\0';
    for (size_t i = len; i-- > 0;) {
        const char *letter = strchr(letters, pattern[i]);
        if (letter == NULL) {
            ret_text[i] = pattern[i];
            continue;
        }
        int *number = &left[letter - letters];
        ret_text[i] = (char)('0' + *number % 10);
        *number /= 10;
    }
}

void timestamp_format_basic(int64_t epoch_s, char ret_text[static TIMESTAMP_BASIC_BYTES])
{
    format(epoch_s, "YYYYmmddTHHMMSSZ", ret_text);
}

void timestamp_format_iso8601(int64_t epoch_s, char ret_text[static TIMESTAMP_ISO8601_BYTES])
{
    format(epoch_s, "YYYY-mm-ddTHH:MM:SSZ", ret_text);
}

/* Reads exactly `digits` digits at *at and moves past them. */
static bool take_number(const char **at, int digits, int *ret_number)
{
    int number = 0;
    for (int i = 0; i < digits; i++) {
        if (!ascii_is_digit((*at)[i])) {
            return false;
        }
        number = number * 10 + ((*at)[i] - '0');
    }
    *at += digits;
    *ret_number = number;
    return true;
}

static bool take_text(const char **at, const char *text)
{
    size_t len = strlen(text);
    if (strncmp(*at, text, len) != 0) {
        return false;
    }
    *at += len;
    return true;
}

/* HH:MM:SS */
static bool take_time_of_day(const char **at, struct tm *parts)
{
    return take_number(at, 2, &parts->tm_hour) && take_text(at, ":")
            && take_number(at, 2, &parts->tm_min) && take_text(at, ":")
            && take_number(at, 2, &parts->tm_sec);
}

/*
 * Seconds since the epoch, if the parts are a date that exists. A leap second, :60, counts as the
 * second behind it.
 */
static bool to_epoch(const struct tm *parts, int64_t *ret_epoch_s)
{
    struct tm day = {
        .tm_year = parts->tm_year, .tm_mon = parts->tm_mon, .tm_mday = parts->tm_mday
    };
    int64_t midnight_s = (int64_t)timegm(&day);
    bool exists = day.tm_mday == parts->tm_mday && day.tm_mon == parts->tm_mon
            && parts->tm_hour < 24 && parts->tm_min < 60 && parts->tm_sec < 61;
    if (exists) {
        *ret_epoch_s = midnight_s + parts->tm_hour * 3600 + parts->tm_min * 60 + parts->tm_sec;
    }
    return exists;
}

/* The zone's distance from UTC in seconds: Z, UTC, +hh:mm, -hh:mm. */
static bool take_zone(const char **at, int *ret_offset_s)
{
    if (take_text(at, "Z") || take_text(at, "UTC")) {
        *ret_offset_s = 0;
        return true;
    }
    int sign = take_text(at, "+") ? 1 : take_text(at, "-") ? -1 : 0;
    int hours = 0;
    int minutes = 0;
    if (sign == 0 || !take_number(at, 2, &hours) || !take_text(at, ":")
            || !take_number(at, 2, &minutes) || hours > 23 || minutes > 59) {
        return false;
    }
    *ret_offset_s = sign * (hours * 3600 + minutes * 60);
    return true;
}

bool timestamp_parse_iso8601(const char *text, int64_t *ret_epoch_s)
{
    const char *at = text;
    struct tm parts = { 0 };
    int year = 0;
    int month = 0;
    if (!take_number(&at, 4, &year) || !take_text(&at, "-") || !take_number(&at, 2, &month)
            || !take_text(&at, "-") || !take_number(&at, 2, &parts.tm_mday) || !take_text(&at, "T")
            || !take_time_of_day(&at, &parts)) {
        return false;
    }
    if (take_text(&at, ".")) {
        if (!ascii_is_digit(*at)) {
            return false;
        }
        while (ascii_is_digit(*at)) {
            at++;
        }
    }
    int offset_s = 0;
    int64_t epoch_s = 0;
    parts.tm_year = year - 1900;
    parts.tm_mon = month - 1;
    if (!take_zone(&at, &offset_s) || *at != '\0' || !to_epoch(&parts, &epoch_s)) {
        return false;
    }
    *ret_epoch_s = epoch_s - offset_s;
    return true;
}

static bool take_month_name(const char **at, int *ret_month)
{
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
        "Sep", "Oct", "Nov", "Dec" };
    for (int i = 0; i < 12; i++) {
        if (take_text(at, months[i])) {
            *ret_month = i;
            return true;
        }
    }
    return false;
}

bool timestamp_parse_http(const char *text, int64_t *ret_epoch_s)
{
    const char *comma = strchr(text, ',');
    if (comma == NULL || comma - text != 3) {
        return false;
    }
    const char *at = comma + 1;
    struct tm parts = { 0 };
    int year = 0;
    if (!take_text(&at, " ") || !take_number(&at, 2, &parts.tm_mday) || !take_text(&at, " ")
            || !take_month_name(&at, &parts.tm_mon) || !take_text(&at, " ")
            || !take_number(&at, 4, &year) || !take_text(&at, " ") || !take_time_of_day(&at, &parts)
            || !take_text(&at, " GMT") || *at != '\0') {
        return false;
    }
    parts.tm_year = year - 1900;
    return to_epoch(&parts, ret_epoch_s);
}

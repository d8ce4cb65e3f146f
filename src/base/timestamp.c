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
 * Writes a digit for each letter of YYYY, mm, dd, HH, MM and SS, and copies other characters. musl's
 * strftime(3) would add 7 KB to the static program, and need 7,600 more instructions for each time.
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
static bool read_number(const char **at, int digits, int *ret_number)
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

/* Moves past text if *at starts with it. */
static bool skip_text(const char **at, const char *text)
{
    size_t len = strlen(text);
    if (strncmp(*at, text, len) != 0) {
        return false;
    }
    *at += len;
    return true;
}

/* HH:MM:SS */
static bool read_time_of_day(const char **at, struct tm *parts)
{
    return read_number(at, 2, &parts->tm_hour) && skip_text(at, ":")
            && read_number(at, 2, &parts->tm_min) && skip_text(at, ":")
            && read_number(at, 2, &parts->tm_sec);
}

/*
 * Seconds since the epoch, if the parts are a date that exists. A leap second, :60, counts as the
 * second after it.
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

/* Reads a zone, as its offset from UTC in seconds: Z, UTC, +hh:mm, -hh:mm. */
static bool read_zone(const char **at, int *ret_offset_s)
{
    if (skip_text(at, "Z") || skip_text(at, "UTC")) {
        *ret_offset_s = 0;
        return true;
    }
    int sign = skip_text(at, "+") ? 1 : skip_text(at, "-") ? -1 : 0;
    int hours = 0;
    int minutes = 0;
    if (sign == 0 || !read_number(at, 2, &hours) || !skip_text(at, ":")
            || !read_number(at, 2, &minutes) || hours > 23 || minutes > 59) {
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
    if (!read_number(&at, 4, &year) || !skip_text(&at, "-") || !read_number(&at, 2, &month)
            || !skip_text(&at, "-") || !read_number(&at, 2, &parts.tm_mday) || !skip_text(&at, "T")
            || !read_time_of_day(&at, &parts)) {
        return false;
    }
    if (skip_text(&at, ".")) {
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
    if (!read_zone(&at, &offset_s) || *at != '\0' || !to_epoch(&parts, &epoch_s)) {
        return false;
    }
    *ret_epoch_s = epoch_s - offset_s;
    return true;
}

static bool read_month_name(const char **at, int *ret_month)
{
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
        "Sep", "Oct", "Nov", "Dec" };
    for (int i = 0; i < 12; i++) {
        if (skip_text(at, months[i])) {
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
    if (!skip_text(&at, " ") || !read_number(&at, 2, &parts.tm_mday) || !skip_text(&at, " ")
            || !read_month_name(&at, &parts.tm_mon) || !skip_text(&at, " ")
            || !read_number(&at, 4, &year) || !skip_text(&at, " ") || !read_time_of_day(&at, &parts)
            || !skip_text(&at, " GMT") || *at != '\0') {
        return false;
    }
    parts.tm_year = year - 1900;
    return to_epoch(&parts, ret_epoch_s);
}

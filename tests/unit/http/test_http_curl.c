/* The transport on libcurl against a server in the same thread: what the server sees, and when. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "http/http_curl.h"

enum {
    CONNECTIONS_MAX = 4,
    STEP_MS = 10,
    STEPS_MAX = 2000, /* no test comes near it */
    NEVER_MS = 60000,
};

static const char ANSWER[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

struct connection {
    int fd;
    char request[4096];
    size_t len;
    bool has_ended;
};

struct fixture {
    char *entries[2];
    struct environment environment;
    struct http_curl *curl;
    struct http_transport *transport;
    int listener;
    int port;
    struct connection connections[CONNECTIONS_MAX];
    size_t count;
    struct http_exchange exchange;
    struct http_exchange other;
};

static int socket_errno;

/* In place of libc's: fails while socket_errno is not 0. */
int socket(int domain, int type, int protocol)
{
    if (socket_errno != 0) {
        errno = socket_errno;
        return -1;
    }
    return (int)syscall(SYS_socket, domain, type, protocol);
}

static void prepare(const struct fixture *fixture, struct http_request *request, const char *path)
{
    http_request_init(request, HTTP_GET, 1);
    text_append_format(&request->url, "http://127.0.0.1:%d%s", fixture->port, path);
    request->reply_max_bytes = 100;
    request->connect_timeout_ms = NEVER_MS;
    request->timeout_ms = NEVER_MS;
}

static int set_up(void **state)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof(address);
    struct err err;
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    assert_non_null(fixture);
    fixture->environment.entries = fixture->entries;
    const struct http_curl_settings settings = { .user_agent = "test",
        .environment = &fixture->environment };
    fixture->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_int_equal(bind(fixture->listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(fixture->listener, CONNECTIONS_MAX), 0);
    assert_int_equal(getsockname(fixture->listener, (struct sockaddr *)&address, &size), 0);
    fixture->port = ntohs(address.sin_port);
    assert_true(http_curl_new(&settings, &fixture->curl, &err));
    fixture->transport = http_curl_transport(fixture->curl);
    prepare(fixture, &fixture->exchange.request, "/a");
    prepare(fixture, &fixture->other.request, "/b");
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    http_curl_free(fixture->curl);
    http_request_clear(&fixture->exchange.request);
    http_reply_clear(&fixture->exchange.reply);
    http_request_clear(&fixture->other.request);
    http_reply_clear(&fixture->other.reply);
    for (size_t i = 0; i < fixture->count; i++) {
        (void)close(fixture->connections[i].fd);
    }
    (void)close(fixture->listener);
    free(fixture);
    return 0;
}

/* --- the server --- */

static void read_what_came(struct connection *connection)
{
    size_t room = sizeof(connection->request) - 1 - connection->len;
    ssize_t got = recv(connection->fd, connection->request + connection->len, room, MSG_DONTWAIT);
    connection->len += got > 0 ? (size_t)got : 0;
    connection->has_ended = connection->has_ended || got == 0;
}

/* Accepts and reads, without waiting. */
static void serve(struct fixture *fixture)
{
    int fd = -1;
    while (fixture->count < CONNECTIONS_MAX
            && (fd = accept4(fixture->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
        fixture->connections[fixture->count++].fd = fd;
    }
    for (size_t i = 0; i < fixture->count; i++) {
        read_what_came(&fixture->connections[i]);
    }
}

static void answer(const struct connection *connection)
{
    (void)send(connection->fd, ANSWER, strlen(ANSWER), MSG_NOSIGNAL);
}

/* The connection on which the whole request for the path has arrived; NULL: none yet. */
static struct connection *find_request(struct fixture *fixture, const char *path)
{
    for (size_t i = 0; i < fixture->count; i++) {
        struct connection *connection = &fixture->connections[i];
        if (strncmp(connection->request, "GET ", 4) == 0
                && strncmp(connection->request + 4, path, strlen(path)) == 0
                && strstr(connection->request, "\r\n\r\n") != NULL) {
            return connection;
        }
    }
    return NULL;
}

/* --- the client --- */

static struct connection *wait_for_request(struct fixture *fixture, const char *path)
{
    struct connection *found = NULL;
    for (size_t i = 0; i < STEPS_MAX && found == NULL; i++) {
        fixture->transport->wait(fixture->transport, STEP_MS);
        serve(fixture);
        found = find_request(fixture, path);
    }
    assert_non_null(found);
    return found;
}

static struct http_exchange *wait_for_exchange(struct fixture *fixture)
{
    struct http_exchange *done = NULL;
    for (size_t i = 0; i < STEPS_MAX && done == NULL; i++) {
        fixture->transport->wait(fixture->transport, STEP_MS);
        done = fixture->transport->next_done(fixture->transport);
    }
    return done;
}

static void assert_answered(const struct http_exchange *exchange)
{
    assert_int_equal(exchange->reply.outcome, HTTP_REPLIED);
    assert_int_equal(exchange->reply.status, 200);
    assert_string_equal(secret_expose(&exchange->reply.body), "hi");
}

static void start(struct fixture *fixture, struct http_exchange *exchange)
{
    fixture->transport->start(fixture->transport, exchange);
}

static void cancel(struct fixture *fixture, struct http_exchange *exchange)
{
    fixture->transport->cancel(fixture->transport, exchange);
}

/* Connects for GET /a in the background, and waits until the server has accepted. */
static struct connection *connect_early(struct fixture *fixture, int64_t limit_ms)
{
    struct http_request request;
    prepare(fixture, &request, "/a");
    assert_true(fixture->transport->connect_early(fixture->transport, &request, 1, limit_ms));
    assert_null(request.url.bytes);
    for (size_t i = 0; i < STEPS_MAX && fixture->count == 0; i++) {
        serve(fixture);
        (void)usleep(STEP_MS * 1000);
    }
    assert_int_equal(fixture->count, 1);
    return &fixture->connections[0];
}

static void wait_for_end(struct fixture *fixture, const struct connection *connection)
{
    for (size_t i = 0; i < STEPS_MAX && !connection->has_ended; i++) {
        serve(fixture);
        (void)usleep(STEP_MS * 1000);
    }
    assert_true(connection->has_ended);
}

/* --- exchanges --- */

static void an_answer_is_handed_out_once(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, &fixture->exchange);
    answer(wait_for_request(fixture, "/a"));
    assert_ptr_equal(wait_for_exchange(fixture), &fixture->exchange);
    assert_answered(&fixture->exchange);
    assert_null(fixture->transport->next_done(fixture->transport));
}

/* Its owner may have freed it: nothing is written to it any more. */
static void a_cancelled_exchange_is_left_alone(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, &fixture->exchange);
    start(fixture, &fixture->other);
    struct connection *cancelled = wait_for_request(fixture, "/a");
    struct connection *kept = wait_for_request(fixture, "/b");
    cancel(fixture, &fixture->exchange);
    answer(cancelled);
    answer(kept);
    assert_ptr_equal(wait_for_exchange(fixture), &fixture->other);
    assert_answered(&fixture->other);
    for (size_t i = 0; i < 5; i++) {
        fixture->transport->wait(fixture->transport, STEP_MS);
        assert_null(fixture->transport->next_done(fixture->transport));
    }
    assert_true(secret_is_empty(&fixture->exchange.reply.body));
    wait_for_end(fixture, cancelled);
}

static void what_failed_at_once_can_be_cancelled(void **state)
{
    struct fixture *fixture = *state;
    text_reset(&fixture->exchange.request.url);
    text_append_string(&fixture->exchange.request.url, "ftp://127.0.0.1/");
    start(fixture, &fixture->other);
    start(fixture, &fixture->exchange);
    cancel(fixture, &fixture->exchange);
    answer(wait_for_request(fixture, "/b"));
    assert_ptr_equal(wait_for_exchange(fixture), &fixture->other);
    assert_null(fixture->transport->next_done(fixture->transport));
}

/* The server must not be asked directly instead. */
static void without_a_usable_proxy_nothing_is_sent(void **state)
{
    struct fixture *fixture = *state;
    static char proxy[] = "http_proxy=ftp://127.0.0.1";
    fixture->entries[0] = proxy;
    start(fixture, &fixture->exchange);
    assert_ptr_equal(wait_for_exchange(fixture), &fixture->exchange);
    assert_int_equal(fixture->exchange.reply.outcome, HTTP_PROXY_FAILED);
    assert_non_null(strstr(fixture->exchange.reply.failure, "http_proxy: "));
    serve(fixture);
    assert_int_equal(fixture->count, 0);
}

static void only_a_lack_of_sockets_is_final(void **state)
{
    struct fixture *fixture = *state;

    static const struct {
        int error;
        enum http_outcome want;
    } ROWS[] = {
        { EMFILE, HTTP_IMPOSSIBLE },
        { ENFILE, HTTP_IMPOSSIBLE },
        { ENOMEM, HTTP_IMPOSSIBLE },
        { EAFNOSUPPORT, HTTP_NO_SOCKET },
        { EPERM, HTTP_NO_SOCKET },
    };

    for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
        start(fixture, &fixture->exchange);
        socket_errno = ROWS[i].error;
        struct http_exchange *done = wait_for_exchange(fixture);
        socket_errno = 0;
        assert_ptr_equal(done, &fixture->exchange);
        assert_int_equal(fixture->exchange.reply.outcome, ROWS[i].want);
        http_reply_clear(&fixture->exchange.reply);
    }
}

/* --- early connections --- */

static void a_signed_request_uses_the_early_connection(void **state)
{
    struct fixture *fixture = *state;
    struct connection *early = connect_early(fixture, NEVER_MS);
    http_request_add_header(&fixture->exchange.request, "X-Signed", "yes");
    start(fixture, &fixture->exchange);
    assert_ptr_equal(wait_for_request(fixture, "/a"), early);
    assert_non_null(strstr(early->request, "\r\nX-Signed: yes\r\n"));
    answer(early);
    assert_ptr_equal(wait_for_exchange(fixture), &fixture->exchange);
    assert_answered(&fixture->exchange);
    assert_int_equal(fixture->count, 1);
}

static void another_request_does_not_send_the_early_one(void **state)
{
    struct fixture *fixture = *state;
    struct connection *early = connect_early(fixture, NEVER_MS);
    start(fixture, &fixture->other);
    answer(wait_for_request(fixture, "/b"));
    assert_ptr_equal(wait_for_exchange(fixture), &fixture->other);
    serve(fixture);
    assert_null(strstr(early->request, "GET /a"));
}

static void an_early_connection_that_the_server_closed_is_not_used(void **state)
{
    struct fixture *fixture = *state;
    struct connection *early = connect_early(fixture, NEVER_MS);
    assert_int_equal(shutdown(early->fd, SHUT_WR), 0);
    start(fixture, &fixture->exchange);
    answer(wait_for_request(fixture, "/a"));
    assert_ptr_equal(wait_for_exchange(fixture), &fixture->exchange);
    assert_answered(&fixture->exchange);
    assert_int_equal(early->len, 0);
    assert_int_equal(fixture->count, 2);
}

static void an_early_connection_is_closed_after_its_limit(void **state)
{
    struct fixture *fixture = *state;
    struct connection *early = connect_early(fixture, 50);
    wait_for_end(fixture, early);
    assert_int_equal(early->len, 0);
    start(fixture, &fixture->exchange);
    answer(wait_for_request(fixture, "/a"));
    assert_ptr_equal(wait_for_exchange(fixture), &fixture->exchange);
    assert_answered(&fixture->exchange);
}

static void an_end_without_a_request_sends_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct connection *early = connect_early(fixture, NEVER_MS);
    http_curl_free(fixture->curl);
    fixture->curl = NULL;
    wait_for_end(fixture, early);
    assert_int_equal(early->len, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(an_answer_is_handed_out_once),
        TEST(a_cancelled_exchange_is_left_alone),
        TEST(what_failed_at_once_can_be_cancelled),
        TEST(without_a_usable_proxy_nothing_is_sent),
        TEST(only_a_lack_of_sockets_is_final),
        TEST(a_signed_request_uses_the_early_connection),
        TEST(another_request_does_not_send_the_early_one),
        TEST(an_early_connection_that_the_server_closed_is_not_used),
        TEST(an_early_connection_is_closed_after_its_limit),
        TEST(an_end_without_a_request_sends_nothing),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

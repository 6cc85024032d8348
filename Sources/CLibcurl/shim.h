#pragma once
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

// Swift cannot call C functions with variable arguments, and libcurl's type-checking macros are in the way of its
// functions of the same names: one function here for each type of argument.

static inline CURLcode curlshim_set_long(CURL *easy, CURLoption option, long value) {
    return (curl_easy_setopt)(easy, option, value);
}

static inline CURLcode curlshim_set_pointer(CURL *easy, CURLoption option, const void *value) {
    return (curl_easy_setopt)(easy, option, value);
}

// libcurl copies strings.
static inline CURLcode curlshim_set_string(CURL *easy, CURLoption option, const char *value) {
    return (curl_easy_setopt)(easy, option, value);
}

static inline CURLcode curlshim_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return (curl_easy_setopt)(easy, option, value);
}

// libcurl copies the bytes.
static inline CURLcode curlshim_set_blob(CURL *easy, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob = {(void *)bytes, count, CURL_BLOB_COPY};
    return (curl_easy_setopt)(easy, option, &blob);
}

// libcurl copies the bytes.
static inline CURLcode curlshim_set_body(CURL *easy, const void *bytes, size_t count) {
    CURLcode result = (curl_easy_setopt)(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
    return result == CURLE_OK ? (curl_easy_setopt)(easy, CURLOPT_COPYPOSTFIELDS, bytes) : result;
}

typedef size_t (*curlshim_data_callback)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode curlshim_set_callback(CURL *easy, CURLoption option, curlshim_data_callback callback) {
    return (curl_easy_setopt)(easy, option, callback);
}

// Decides whether a connection to an address may be opened: 4 or 16 bytes in network order.
typedef bool (*curlshim_admit_callback)(void *context, const unsigned char *bytes, size_t count);

// Opens the socket to an address, if the callback admits it; CURL_SOCKET_BAD makes libcurl try the next address.
static inline curl_socket_t curlshim_open_socket(
    struct curl_sockaddr *address, curlshim_admit_callback admit, void *context) {
    const unsigned char *bytes;
    size_t count;
    switch (address->family) {
    case AF_INET:
        bytes = (const unsigned char *)&((const struct sockaddr_in *)&address->addr)->sin_addr;
        count = 4;
        break;
    case AF_INET6:
        bytes = (const unsigned char *)&((const struct sockaddr_in6 *)&address->addr)->sin6_addr;
        count = 16;
        break;
    default: return CURL_SOCKET_BAD;
    }
    if (!admit(context, bytes, count)) return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

typedef curl_socket_t (*curlshim_open_callback)(void *context, curlsocktype purpose, struct curl_sockaddr *address);

static inline CURLcode curlshim_set_open(CURL *easy, curlshim_open_callback callback, const void *context) {
    CURLcode result = (curl_easy_setopt)(easy, CURLOPT_OPENSOCKETDATA, context);
    return result == CURLE_OK ? (curl_easy_setopt)(easy, CURLOPT_OPENSOCKETFUNCTION, callback) : result;
}

static inline long curlshim_get_long(CURL *easy, CURLINFO info) {
    long value = 0;
    (curl_easy_getinfo)(easy, info, &value);
    return value;
}

static inline void *curlshim_get_private(CURL *easy) {
    char *value = NULL;
    (curl_easy_getinfo)(easy, CURLINFO_PRIVATE, &value);
    return value;
}

// The next transfer that is done, and how it ended; NULL if there is none.
static inline CURL *curlshim_next_done(CURLM *multi, CURLcode *result) {
    int remaining = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &remaining))) {
        if (message->msg != CURLMSG_DONE) continue;
        *result = message->data.result;
        return message->easy_handle;
    }
    return NULL;
}

// What the write callback returns to stop the transfer until it is resumed (a macro that Swift does not import).
static const size_t curlshim_write_pause = CURL_WRITEFUNC_PAUSE;

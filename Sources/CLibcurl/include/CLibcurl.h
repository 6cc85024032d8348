#pragma once
#include <curl/curl.h>
#include <stdbool.h>

// libcurl, loaded when it is first wanted: it brings three dozen libraries along, which would be most of what a program
// costs that only prints its help. And in a form that Swift can call, as it cannot call C functions with variable
// arguments.

// Loads libcurl, once in a process; must have succeeded before any other function is called.
// Returns NULL, or why it cannot be loaded: a text that lives as long as the process.
const char *curlshim_load(void);

CURL *curlshim_easy_init(void);
void curlshim_easy_cleanup(CURL *easy);
CURLcode curlshim_easy_pause(CURL *easy, int directions);
// May be called without libcurl; it is a text without words then.
const char *curlshim_easy_strerror(CURLcode code);

CURLM *curlshim_multi_init(void);
CURLMcode curlshim_multi_cleanup(CURLM *multi);
CURLMcode curlshim_multi_add(CURLM *multi, CURL *easy);
CURLMcode curlshim_multi_remove(CURLM *multi, CURL *easy);
CURLMcode curlshim_multi_perform(CURLM *multi, int *running);
CURLMcode curlshim_multi_poll(CURLM *multi, int milliseconds);
CURLMcode curlshim_multi_wakeup(CURLM *multi);
const char *curlshim_multi_strerror(CURLMcode code);

// The next transfer that is done, and how it ended; NULL if there is none.
CURL *curlshim_next_done(CURLM *multi, CURLcode *result);

struct curl_slist *curlshim_list_append(struct curl_slist *list, const char *text);
void curlshim_list_free(struct curl_slist *list);

// One function here for each type of argument of curl_easy_setopt.
CURLcode curlshim_set_long(CURL *easy, CURLoption option, long value);
CURLcode curlshim_set_pointer(CURL *easy, CURLoption option, const void *value);
// libcurl copies strings.
CURLcode curlshim_set_string(CURL *easy, CURLoption option, const char *value);
CURLcode curlshim_set_list(CURL *easy, CURLoption option, struct curl_slist *value);
// libcurl copies the bytes.
CURLcode curlshim_set_blob(CURL *easy, CURLoption option, const void *bytes, size_t count);
// libcurl copies the bytes.
CURLcode curlshim_set_body(CURL *easy, const void *bytes, size_t count);

typedef size_t (*curlshim_data_callback)(char *bytes, size_t size, size_t count, void *context);
CURLcode curlshim_set_callback(CURL *easy, CURLoption option, curlshim_data_callback callback);

// Ends a connection whose peer acknowledges nothing of what was sent for so long, where the system can.
CURLcode curlshim_set_silence(CURL *easy, unsigned milliseconds);

typedef curl_socket_t (*curlshim_open_callback)(void *context, curlsocktype purpose, struct curl_sockaddr *address);
CURLcode curlshim_set_open(CURL *easy, curlshim_open_callback callback, const void *context);

// Decides whether a connection to an address may be opened: 4 or 16 bytes in network order.
typedef bool (*curlshim_admit_callback)(void *context, const unsigned char *bytes, size_t count);
// Opens the socket to an address, if the callback admits it; CURL_SOCKET_BAD makes libcurl try the next address.
curl_socket_t curlshim_open_socket(struct curl_sockaddr *address, curlshim_admit_callback admit, void *context);

long curlshim_get_long(CURL *easy, CURLINFO info);
void *curlshim_get_private(CURL *easy);

// What the write callback returns to stop the transfer until it is resumed (a macro that Swift does not import).
static const size_t curlshim_write_pause = CURL_WRITEFUNC_PAUSE;

#include "CLibcurl.h"

#include <dlfcn.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>

// The name under which the system has the library, by its binary interface: 4 since 2006.
#ifdef __APPLE__
#define LIBRARY "libcurl.4.dylib"
#else
#define LIBRARY "libcurl.so.4"
#endif

#define FUNCTIONS(EACH)                                                                                                \
    EACH(global_init) EACH(easy_init) EACH(easy_cleanup) EACH(easy_pause) EACH(easy_setopt) EACH(easy_getinfo)          \
    EACH(easy_strerror) EACH(multi_init) EACH(multi_cleanup) EACH(multi_add_handle) EACH(multi_remove_handle)           \
    EACH(multi_perform) EACH(multi_poll) EACH(multi_wakeup) EACH(multi_info_read) EACH(multi_strerror)                  \
    EACH(slist_append) EACH(slist_free_all)

#define MEMBER(name) __typeof__(curl_##name) *name;
static struct { FUNCTIONS(MEMBER) } curl;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char failure[512];

static void load(void) {
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        snprintf(failure, sizeof failure, "%s; Debian has it in the package libcurl4", dlerror());
        return;
    }
#define FIND(name)                                                                                                     \
    curl.name = (__typeof__(curl.name))dlsym(library, "curl_" #name);                                                  \
    if (!curl.name) {                                                                                                  \
        snprintf(failure, sizeof failure, "%s is too old: it has no curl_%s", LIBRARY, #name);                         \
        return;                                                                                                        \
    }
    FUNCTIONS(FIND)
    CURLcode code = curl.global_init(CURL_GLOBAL_ALL);
    if (code != CURLE_OK) snprintf(failure, sizeof failure, "%s: %s", LIBRARY, curl.easy_strerror(code));
}

const char *curlshim_load(void) {
    pthread_once(&once, load);
    return failure[0] ? failure : NULL;
}

CURL *curlshim_easy_init(void) { return curl.easy_init(); }
void curlshim_easy_cleanup(CURL *easy) { curl.easy_cleanup(easy); }
CURLcode curlshim_easy_pause(CURL *easy, int directions) { return curl.easy_pause(easy, directions); }
const char *curlshim_easy_strerror(CURLcode code) { return curlshim_load() ? "" : curl.easy_strerror(code); }

CURLM *curlshim_multi_init(void) { return curl.multi_init(); }
CURLMcode curlshim_multi_cleanup(CURLM *multi) { return curl.multi_cleanup(multi); }
CURLMcode curlshim_multi_add(CURLM *multi, CURL *easy) { return curl.multi_add_handle(multi, easy); }
CURLMcode curlshim_multi_remove(CURLM *multi, CURL *easy) { return curl.multi_remove_handle(multi, easy); }
CURLMcode curlshim_multi_perform(CURLM *multi, int *running) { return curl.multi_perform(multi, running); }
CURLMcode curlshim_multi_poll(CURLM *multi, int milliseconds) {
    return curl.multi_poll(multi, NULL, 0, milliseconds, NULL);
}
CURLMcode curlshim_multi_wakeup(CURLM *multi) { return curl.multi_wakeup(multi); }
const char *curlshim_multi_strerror(CURLMcode code) { return curl.multi_strerror(code); }

CURL *curlshim_next_done(CURLM *multi, CURLcode *result) {
    int remaining = 0;
    CURLMsg *message;
    while ((message = curl.multi_info_read(multi, &remaining))) {
        if (message->msg != CURLMSG_DONE) continue;
        *result = message->data.result;
        return message->easy_handle;
    }
    return NULL;
}

struct curl_slist *curlshim_list_append(struct curl_slist *list, const char *text) {
    return curl.slist_append(list, text);
}
void curlshim_list_free(struct curl_slist *list) { curl.slist_free_all(list); }

CURLcode curlshim_set_long(CURL *easy, CURLoption option, long value) { return curl.easy_setopt(easy, option, value); }

CURLcode curlshim_set_pointer(CURL *easy, CURLoption option, const void *value) {
    return curl.easy_setopt(easy, option, value);
}

CURLcode curlshim_set_string(CURL *easy, CURLoption option, const char *value) {
    return curl.easy_setopt(easy, option, value);
}

CURLcode curlshim_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl.easy_setopt(easy, option, value);
}

CURLcode curlshim_set_blob(CURL *easy, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob = {(void *)bytes, count, CURL_BLOB_COPY};
    return curl.easy_setopt(easy, option, &blob);
}

CURLcode curlshim_set_body(CURL *easy, const void *bytes, size_t count) {
    CURLcode result = curl.easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
    return result == CURLE_OK ? curl.easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, bytes) : result;
}

CURLcode curlshim_set_callback(CURL *easy, CURLoption option, curlshim_data_callback callback) {
    return curl.easy_setopt(easy, option, callback);
}

static int limit_silence(void *milliseconds, curl_socket_t socket, curlsocktype purpose) {
    (void)purpose;
#ifdef TCP_USER_TIMEOUT
    unsigned limit = (unsigned)(uintptr_t)milliseconds;
    // Without it the connection is merely given up later.
    setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit, sizeof limit);
#endif
    return CURL_SOCKOPT_OK;
}

CURLcode curlshim_set_silence(CURL *easy, unsigned milliseconds) {
    CURLcode result = curl.easy_setopt(easy, CURLOPT_SOCKOPTDATA, (void *)(uintptr_t)milliseconds);
    return result == CURLE_OK ? curl.easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, limit_silence) : result;
}

CURLcode curlshim_set_open(CURL *easy, curlshim_open_callback callback, const void *context) {
    CURLcode result = curl.easy_setopt(easy, CURLOPT_OPENSOCKETDATA, context);
    return result == CURLE_OK ? curl.easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, callback) : result;
}

curl_socket_t curlshim_open_socket(struct curl_sockaddr *address, curlshim_admit_callback admit, void *context) {
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

long curlshim_get_long(CURL *easy, CURLINFO info) {
    long value = 0;
    curl.easy_getinfo(easy, info, &value);
    return value;
}

void *curlshim_get_private(CURL *easy) {
    char *value = NULL;
    curl.easy_getinfo(easy, CURLINFO_PRIVATE, &value);
    return value;
}

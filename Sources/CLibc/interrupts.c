#include "CLibc.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

static atomic_int destination = -1;

// Does nothing that a handler may not do (signal-safety(7)).
static void pass_on(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)context;
#ifdef SI_KERNEL
    unsigned char byte = info->si_code == SI_KERNEL;
#else
    unsigned char byte = 0;
#endif
    int error = errno;
    int descriptor = atomic_load(&destination);
    if (write(descriptor, &byte, 1) < 0) {
        // The reader is behind, and learns of those before.
    }
    errno = error;
}

void clibc_write_interrupts(int descriptor) {
    atomic_store(&destination, descriptor);
    struct sigaction action = {0};
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART | SA_SIGINFO;
    action.sa_sigaction = pass_on;
    sigaction(SIGINT, &action, NULL);
}

#pragma once
// What glibc has and Swift's own module of it leaves out. Other C libraries do not say that they are glibc.
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

// Takes the pages that nobody writes to out of memory (madvise(2), MADV_DONTNEED): those of the segments of the program's
// file and its libraries that are there to be read and run only (elf(5)). What is needed again comes back from the files.
void clibc_let_go_of_pages(void);

// From now on SIGINT ends nothing: for each a byte is written to the descriptor, 0 for one that a process has sent (kill(2)), 1
// for one of the kernel, as it sends it for the Ctrl-C of a terminal. The descriptor has to stay open to the end of the
// process. Only a handler of the signal learns which is which (sigaction(2), si_code).
void clibc_write_interrupts(int descriptor);

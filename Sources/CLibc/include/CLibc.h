#pragma once
// What glibc has and Swift's own module of it leaves out. Other C libraries do not say that they are glibc.
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

// Takes the pages that nobody writes to out of memory (madvise(2), MADV_DONTNEED): those of the segments of the program's
// file and its libraries that are there to be read and run only (elf(5)). What is needed again comes back from the files.
void clibc_let_go_of_pages(void);

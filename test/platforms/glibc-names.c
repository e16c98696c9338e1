/*
 * What Debian's libstdc++ and libgcc, made for glibc, look for beyond musl. With it as their ld-linux-x86-64.so.2 they load
 * in a process of musl, and so a runtime of JavaScript built for Alpine starts on Debian. For trying binaries only: nothing
 * here is right for threads that keep C++ objects, or for exceptions that cross libgcc.
 */
#include <stddef.h>
#include <stdint.h>
#include <sys/random.h>
#include <time.h>

char __libc_single_threaded = 0;
struct { unsigned vendor, type, subtype, features; } __cpu_model;

int __cpu_indicator_init(void) { return 0; }
int _dl_find_object(void *address, void *found) { return (void)address, (void)found, -1; }

int __cxa_thread_atexit_impl(void (*destructor)(void *), void *object, void *library) {
  return (void)destructor, (void)object, (void)library, 0;
}

uint32_t arc4random(void) {
  uint32_t number;
  return getrandom(&number, sizeof number, 0), number;
}

size_t __strftime_l(char *text, size_t size, const char *format, const struct tm *time, void *locale) {
  return (void)locale, strftime(text, size, format, time);
}

/*
 * Signals as bytes in a pipe: handlers do nothing else, the loop reads them.
 */
#include "config.h"

#include "tui/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* And all others that would end the program, however they come about: a limit of time, a timer, a
 * slip of the hand.  Faults are terminal.c's. */
static const int caught[] = {
    SIGWINCH,  SIGINT,  SIGTERM, SIGHUP,  SIGQUIT, SIGTSTP,   SIGCONT,
    SIGPIPE,   SIGXCPU, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF,
#ifdef SIGPOLL
    SIGPOLL,
#endif
#ifdef SIGPWR
    SIGPWR,
#endif
#ifdef SIGSTKFLT
    SIGSTKFLT,
#endif
};
enum { CAUGHT = sizeof caught / sizeof caught[0] };

static int pipe_ends[2] = {-1, -1};
static struct sigaction before[CAUGHT];

/* Only this: a byte into the pipe.  A full pipe has been seen by nobody yet: nothing is lost. */
static void on_signal(int number)
{
    int saved = errno;
    unsigned char byte = (unsigned char)number;
    if (write(pipe_ends[1], &byte, 1) < 0)
        byte = 0;
    errno = saved;
}

/* Nothing here uses the signals for real time: what they do is end the program. */
static void signals_set_realtime(const struct sigaction *action)
{
#ifdef SIGRTMIN
    for (int number = SIGRTMIN; number <= SIGRTMAX; number++)
        sigaction(number, action, NULL);
#else
    (void)action;
#endif
}

/* Close-on-exec, so that experiments started from here do not keep the pipe open. */
enum status signals_open(struct err *err)
{
    struct sigaction action;
    if (pipe(pipe_ends) != 0)
        return err_errno(err, "pipe");
    for (int i = 0; i < 2; i++) {
        fcntl(pipe_ends[i], F_SETFL, O_NONBLOCK);
        fcntl(pipe_ends[i], F_SETFD, FD_CLOEXEC);
    }
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART;
    for (int i = 0; i < CAUGHT; i++) {
        sigaction(caught[i], NULL, &before[i]);
        /* What was ignored from the start (nohup, a shell without job control) stays ignored. */
        if (before[i].sa_handler != SIG_IGN)
            sigaction(caught[i], &action, NULL);
    }
    signals_set_realtime(&action);
    return STATUS_OK;
}

void signals_close(void)
{
    struct sigaction none;
    memset(&none, 0, sizeof none);
    none.sa_handler = SIG_DFL;
    sigemptyset(&none.sa_mask);
    signals_set_realtime(&none);
    for (int i = 0; i < CAUGHT; i++)
        sigaction(caught[i], &before[i], NULL);
    for (int i = 0; i < 2; i++) {
        if (pipe_ends[i] >= 0)
            close(pipe_ends[i]);
        pipe_ends[i] = -1;
    }
}

int signals_fd(void)
{
    return pipe_ends[0];
}

int signals_next(void)
{
    unsigned char byte;
    return read(pipe_ends[0], &byte, 1) == 1 ? byte : 0;
}

/* Stops by the default action of SIGTSTP, so that the shell sees an ordinary stopped job. */
void signals_default_stop(void)
{
    struct sigaction stop, ours;
    sigset_t only, old;
    memset(&stop, 0, sizeof stop);
    stop.sa_handler = SIG_DFL;
    sigemptyset(&stop.sa_mask);
    sigaction(SIGTSTP, &stop, &ours);
    raise(SIGTSTP);
    sigemptyset(&only);
    sigaddset(&only, SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &only, &old); /* stops here, if it was blocked above */
    sigprocmask(SIG_SETMASK, &old, NULL);
    sigaction(SIGTSTP, &ours, NULL);
}

// The one place that knows hiredis: its context, its reply objects and its error codes end here.
#include "sluice/redis/client.hpp"

#include <fmt/format.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

namespace sluice::redis {
namespace {

using std::chrono::steady_clock;

/// A server of today nests four deep; what is deeper is cut.
constexpr int depth_max = 8;

struct free_context {
  void operator()(redisContext* c) const { ::redisFree(c); }
};
struct free_reply {
  void operator()(redisReply* r) const { ::freeReplyObject(r); }
};
using context = std::unique_ptr<redisContext, free_context>;
using raw_reply = std::unique_ptr<redisReply, free_reply>;

timeval timeval_of(milliseconds span) {
  return {span.count() / 1'000, span.count() % 1'000 * 1'000};
}

reply reply_of(const redisReply& raw, int depth) {
  reply r;
  switch (raw.type) {
    case REDIS_REPLY_STRING:
      r.kind = reply_kind::text;
      break;
    case REDIS_REPLY_STATUS:
      r.kind = reply_kind::status;
      break;
    case REDIS_REPLY_ERROR:
      r.kind = reply_kind::error;
      break;
    case REDIS_REPLY_INTEGER:
      r.kind = reply_kind::integer;
      r.number = raw.integer;
      return r;
    case REDIS_REPLY_ARRAY:
      r.kind = reply_kind::array;
      for (std::size_t i = 0; depth < depth_max && i < raw.elements; ++i)
        r.items.push_back(reply_of(*raw.element[i], depth + 1));
      return r;
    default:
      return r;
  }
  r.text.assign(raw.str, static_cast<std::size_t>(raw.len));
  return r;
}

/// No reply of ours is longer; hiredis would make room for whatever number the server names.
constexpr long long array_items_max = 100'000;

decltype(redisReplyObjectFunctions::createArray)& usual_array() {
  static decltype(redisReplyObjectFunctions::createArray) made{nullptr};
  return made;
}

template <class Count>  // int or size_t, as the version has it.
void* bounded_array(const redisReadTask* task, Count items) {
  return static_cast<long long>(items) > array_items_max ? nullptr : usual_array()(task, items);
}

/// Threads may come here at once: the first one makes it.
redisReplyObjectFunctions* bounded_functions(const redisReplyObjectFunctions& usual) {
  static redisReplyObjectFunctions made = [&] {
    usual_array() = usual.createArray;
    auto copy = usual;
    copy.createArray = &bounded_array;
    return copy;
  }();
  return &made;
}

void block_broken_pipe_signal() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

std::string name_of(const endpoint& where) {
  return where.host.empty() ? where.path : fmt::format("{}:{}", where.host, where.port);
}

}  // namespace

std::string_view error_code(const reply& r) {
  if (!r.is_error())
    return {};
  return std::string_view{r.text}.substr(0, r.text.find(' '));
}

void interrupter::fire() {
  const std::lock_guard lock(mutex_);
  fired_ = true;
  if (descriptor_ >= 0)
    ::shutdown(descriptor_, SHUT_RDWR);
}

bool interrupter::fired() const {
  const std::lock_guard lock(mutex_);
  return fired_;
}

bool interrupter::watch(int descriptor) {
  const std::lock_guard lock(mutex_);
  descriptor_ = descriptor;
  return !fired_;
}

void interrupter::release() {
  const std::lock_guard lock(mutex_);
  descriptor_ = -1;
}

struct client::impl {
  context link{};
  milliseconds usual{};
  std::size_t bytes_max{0};
  std::shared_ptr<interrupter> stop{};
  std::string fault{};  ///< Set once the connection is gone.
  milliseconds socket_limit{-1};

  error failed(std::string why, errc code = errc::io_failure) {
    fault = std::move(why);
    close();
    return fail(code, fault);
  }
  error broken() {
    // What bounded_array refused looks like this.
    if (link->err == REDIS_ERR_OOM)
      return failed(fmt::format("an answer has more than {} items in one array", array_items_max),
                    errc::out_of_range);
    const bool late = link->err == REDIS_ERR_IO && (errno == EAGAIN || errno == EWOULDBLOCK);
    return failed(late ? "no answer in time" : fmt::format("{}", link->errstr));
  }
  void close() {
    if (stop)
      stop->release();
    link.reset();
  }

  result<void> limit_socket(milliseconds to) {
    if (to == socket_limit)
      return {};
    if (::redisSetTimeout(link.get(), timeval_of(to)) != REDIS_OK)
      return broken();
    socket_limit = to;
    return {};
  }

  result<void> send(std::span<const command> commands, steady_clock::time_point until) {
    for (const auto& c : commands) {
      std::vector<const char*> words;
      std::vector<std::size_t> sizes;
      for (const auto& word : c) {
        words.push_back(word.data());
        sizes.push_back(word.size());
      }
      if (::redisAppendCommandArgv(link.get(), static_cast<int>(c.size()), words.data(),
                                   sizes.data()) != REDIS_OK)
        return broken();
    }
    for (int done = 0; done == 0;) {
      if (::redisBufferWrite(link.get(), &done) != REDIS_OK)
        return broken();
      if (done == 0 && steady_clock::now() > until)
        return failed("the server takes no more");
    }
    return {};
  }

  /// A server that sends a byte now and then, or without end, is given up like a silent one.
  result<reply> receive(steady_clock::time_point until) {
    std::size_t taken = 0;
    for (;;) {
      void* found = nullptr;
      if (::redisGetReplyFromReader(link.get(), &found) != REDIS_OK)
        return broken();
      if (const raw_reply raw(static_cast<redisReply*>(found)); raw)
        return reply_of(*raw, 0);
      if (steady_clock::now() > until)
        return failed("no whole answer in time");
      const auto before = link->reader->len;
      if (::redisBufferRead(link.get()) != REDIS_OK)
        return broken();
      taken += link->reader->len > before ? link->reader->len - before : 0;
      if (taken > bytes_max)
        return failed(fmt::format("an answer is longer than {} bytes", bytes_max),
                      errc::out_of_range);
    }
  }
};

client::client(std::unique_ptr<impl> state) : impl_(std::move(state)) {}

client::~client() {
  impl_->close();
}

namespace {

/// The first word of a refusal, and no more: servers and proxies that know no AUTH quote what came
/// with it.
std::string_view first_word(const reply& r) {
  const auto code = error_code(r);
  const bool usual = !code.empty() && code.size() <= 16 &&
                     std::ranges::all_of(code, [](char c) { return c >= 'A' && c <= 'Z'; });
  return usual ? code : "without a usual word";
}

/// What introduces us, or why the server does not want us.
result<void> introduce(client& c, const client_options& options) {
  const auto refused = [](std::string_view what, std::string_view why) {
    return fail(errc::not_permitted, fmt::format("{} refused: {}", what, why));
  };
  if (!options.password.empty()) {
    command words{"AUTH"};
    if (!options.username.empty())
      words.emplace_back(options.username);
    words.emplace_back(options.password);
    const auto answer = c.run(words);
    // Not for long, though hiredis keeps copies of its own for a while.
    words.back().assign(words.back().size(), '\0');
    if (!answer)
      return answer.error();
    if (answer->is_error())
      return refused("the password was", first_word(*answer));
  }
  // The first command that a server without our password refuses, whatever the database is.
  const auto answer = c.run({"SELECT", std::to_string(options.database)});
  if (!answer)
    return answer.error();
  if (answer->is_error())
    return refused("the database was", answer->text);
  return {};
}

}  // namespace

result<std::unique_ptr<client>> client::connect(const client_options& options) {
  block_broken_pipe_signal();
  const auto& where = options.where;
  const auto limit = timeval_of(options.connect_timeout);
  auto state = std::make_unique<impl>();
  state->link.reset(where.host.empty()
                        ? ::redisConnectUnixWithTimeout(where.path.c_str(), limit)
                        : ::redisConnectWithTimeout(where.host.c_str(), where.port, limit));
  if (!state->link)
    return fail(errc::io_failure, "no memory for a connection");
  if (state->link->err != 0)
    return fail(errc::io_failure, fmt::format("{}: {}", name_of(where), state->link->errstr));
  state->link->reader->fn = bounded_functions(*state->link->reader->fn);
  state->usual = options.command_timeout;
  state->bytes_max = options.reply_bytes_max;
  state->stop = options.stop;
  if (state->stop && !state->stop->watch(state->link->fd))
    return state->failed("interrupted");
  std::unique_ptr<client> made(new client(std::move(state)));
  if (auto introduced = introduce(*made, options); !introduced)
    return fail(introduced.error().code,
                fmt::format("{}: {}", name_of(where), introduced.error().text));
  return made;
}

result<reply> client::run(const command& c, milliseconds waits) {
  auto all = run_all({&c, 1}, waits);
  if (!all)
    return all.error();
  return std::move(all->front());
}

result<std::vector<reply>> client::run_all(std::span<const command> commands, milliseconds waits) {
  auto& s = *impl_;
  if (!s.link)
    return fail(errc::io_failure, s.fault);
  const auto limit = s.usual + waits;
  const auto until = steady_clock::now() + limit;
  if (auto set = s.limit_socket(limit); !set)
    return set.error();
  if (auto sent = s.send(commands, until); !sent)
    return sent.error();
  std::vector<reply> replies;
  while (replies.size() < commands.size()) {
    auto next = s.receive(until);
    if (!next)
      return next.error();
    replies.push_back(std::move(*next));
  }
  return replies;
}

}  // namespace sluice::redis

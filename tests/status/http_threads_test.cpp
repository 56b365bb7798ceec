// Answers and events from other threads than the server's, many at once.
#include <array>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "support/catch.hpp"
#include "support/test_server.hpp"

using namespace sluice;
using namespace sluice::status;
using namespace sluice::status::testing;

namespace {

/// Answers whatever it is handed, on a thread of its own.
class answering_thread {
 public:
  answering_thread() : thread_([this] { run(); }) {}
  answering_thread(const answering_thread&) = delete;
  answering_thread& operator=(const answering_thread&) = delete;
  ~answering_thread() {
    done_ = true;
    thread_.join();
  }

  void hand(request asked, responder answer) {
    const std::lock_guard lock(mutex_);
    waiting_.emplace_back(std::move(asked), std::move(answer));
  }

 private:
  void run() {
    while (!done_) {
      std::deque<std::pair<request, responder>> taken;
      {
        const std::lock_guard lock(mutex_);
        taken.swap(waiting_);
      }
      for (auto& [asked, answer] : taken)
        if (asked.body != "drop me")
          echo(asked, answer);
      if (taken.empty())
        std::this_thread::yield();
    }
  }

  std::mutex mutex_{};
  std::deque<std::pair<request, responder>> waiting_{};
  std::atomic<bool> done_{false};
  std::thread thread_;
};

}  // namespace

TEST_CASE("answers from other threads reach the request they belong to") {
  std::array<answering_thread, 2> threads;
  std::size_t next = 0;
  const auto server = serve(test_settings(), [&](request asked, responder answer) {
    threads[next++ % threads.size()].hand(std::move(asked), std::move(answer));
  });
  std::vector<std::thread> clients;
  std::atomic<int> wrong{0};
  for (int c = 0; c < 4; ++c)
    clients.emplace_back([&, c] {
      raw_client client{server->port()};
      for (int i = 0; i < 100; ++i) {
        const auto body = std::to_string(c * 1'000 + i);
        client.send(post("/p", body));
        if (!client.read_response().ends_with("POST /p [" + body + "]"))
          ++wrong;
      }
      client.send(post("/p", "drop me"));
      if (status_of(client.read_response()) != "500")
        ++wrong;
    });
  for (auto& c : clients)
    c.join();
  CHECK(wrong == 0);
  CHECK(server->counts().requests == 404);
}

TEST_CASE("events sent from many threads arrive whole, readers may leave at any moment") {
  std::mutex mutex;
  std::vector<std::shared_ptr<event_channel>> channels;
  const auto server = serve(test_settings(), [&](const request&, const responder& answer) {
    auto channel = answer.stream();
    const std::lock_guard lock(mutex);
    channels.push_back(std::move(channel));
  });
  std::atomic<bool> done{false};
  std::vector<std::thread> senders;
  for (int t = 0; t < 2; ++t)
    senders.emplace_back([&] {
      const auto frame = make_event("1", "tick", "abc");
      while (!done) {
        std::vector<std::shared_ptr<event_channel>> readers;
        {
          const std::lock_guard lock(mutex);
          readers = channels;
        }
        for (const auto& reader : readers)
          reader->send(frame);
        std::this_thread::yield();
      }
    });
  int whole = 0;
  for (int i = 0; i < 20; ++i) {
    raw_client client{server->port()};
    client.send(get("/events"));
    client.read_until("\r\n\r\n");
    for (int e = 0; e < 5; ++e)
      whole += client.read_until("\n\n") == "id: 1\nevent: tick\ndata: abc\n\n" ? 1 : 0;
  }
  done = true;
  for (auto& s : senders)
    s.join();
  CHECK(whole == 100);
  CHECK(eventually([&] { return server->counts().readers_open == 0; }));
}

use weave::testing::Recorder;
#[weave::op]
fn add(a: i32, b: &str) -> Result<String, std::num::ParseIntError> {
    let n: i32 = b.parse()?;
    Ok((a + n).to_string())
}
#[weave::op]
async fn outer(x: u32) -> u32 {
    let _ = add(x as i32, "5");
    let _ = add(1, "x");
    inner(x).await + weave::spawn(inner(2)).await.unwrap()
}
#[weave::op]
async fn inner(x: u32) -> u32 {
    tokio::task::yield_now().await;
    x
}
#[weave::op]
fn boom() {
    panic!("no {}", 1)
}

#[tokio::test]
async fn works() {
    let r = Recorder::new();
    r.wrap(outer(7)).await;
    let _ = r.run(|| std::panic::catch_unwind(boom));
    println!("{}\n{}", r.tree().outline(), r.tree());
    println!("{:#?}", r.calls()[0]);
}
#[test]
fn real() {
    let dir = tempfile::tempdir().unwrap();
    let g = weave::builder("p").dir(dir.path()).console(true).init().unwrap();
    let rt = tokio::runtime::Runtime::new().unwrap();
    rt.block_on(outer(3));
    println!("{:?}", g.flush());
    let calls = weave::client().blocking().calls().list().unwrap();
    println!("{}", weave::CallTree::new(calls));
    println!("{:?}", g.shutdown());
}

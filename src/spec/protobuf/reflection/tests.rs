use super::*;

/// An answer of reflection, written in JSON.
fn answer(reflection: &Reflection, json: &str) -> Vec<u8> {
    let mut reader = serde_json::Deserializer::from_str(json);
    let message = DynamicMessage::deserialize(reflection.response.clone(), &mut reader);
    frame(&message.unwrap().encode_to_vec())
}

fn base64(octets: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(octets)
}

#[test]
fn a_service_is_told_file_by_file_with_its_options() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("common.proto", "syntax = \"proto3\"; package a; message Key { string id = 1; }");
    write(
        "a.proto",
        "syntax = \"proto3\"; package a; import \"common.proto\"; import \"buf/validate/validate.proto\";\n\
         message Ask { Key key = 1; int32 age = 2 [(buf.validate.field).int32.gte = 18]; }\n\
         service A { rpc Get(Ask) returns (Key); }",
    );
    let (whole, _) = super::super::compile(&[folder.path().join("a.proto")], &[]).unwrap();
    let file = |name: &str| base64(&whole.get_file_by_name(name).unwrap().encode_to_vec());
    let mut reflection = Reflection::new().unwrap();
    assert_eq!(messages(&reflection.ask().unwrap()).unwrap().len(), 1);
    let names =
        r#"{"listServicesResponse":{"service":[{"name":"a.A"},{"name":"grpc.health.v1.Health"}]}}"#;
    reflection.told(&answer(&reflection, names)).unwrap();
    assert_eq!(reflection.open, [Ask::Symbol("a.A".to_owned())]);
    let told = format!(
        r#"{{"fileDescriptorResponse":{{"fileDescriptorProto":["{}"]}}}}"#,
        file("a.proto")
    );
    reflection.told(&answer(&reflection, &told)).unwrap();
    let wanted = ["buf/validate/validate.proto", "common.proto"];
    assert_eq!(reflection.open, wanted.map(|name| Ask::File(name.to_owned())));
    let told = format!(
        r#"{{"fileDescriptorResponse":{{"fileDescriptorProto":["{}"]}}}}"#,
        file("common.proto")
    );
    let refused = r#"{"errorResponse":{"errorCode":5,"errorMessage":"not found"}}"#;
    let both = [answer(&reflection, refused), answer(&reflection, &told)].concat();
    reflection.told(&both).unwrap();
    assert_eq!(reflection.ask(), None);
    let pool = reflection.pool().unwrap();
    let age = pool.get_message_by_name("a.Ask").unwrap().get_field_by_name("age").unwrap();
    let rule = pool.get_extension_by_name("buf.validate.field").unwrap();
    assert!(age.options().has_extension(&rule));
}

#[test]
fn files_that_leave_out_their_imports_are_read_all_the_same() {
    use prost_reflect::prost_types::FileDescriptorProto;
    let file = |json: &str| {
        let pool = DescriptorPool::global();
        let kind = pool.get_message_by_name("google.protobuf.FileDescriptorProto").unwrap();
        let mut reader = serde_json::Deserializer::from_str(json);
        let message = DynamicMessage::deserialize(kind, &mut reader).unwrap();
        let octets = message.encode_to_vec();
        assert!(FileDescriptorProto::decode(&octets[..]).is_ok());
        base64(&octets)
    };
    let own = file(
        r#"{"name":"s_v1.proto","package":"s.v1","syntax":"proto3",
            "messageType":[{"name":"Ask","field":[
                {"name":"at","number":1,"label":"LABEL_OPTIONAL","type":"TYPE_MESSAGE",
                 "typeName":"google.protobuf.Timestamp"},
                {"name":"key","number":2,"label":"LABEL_OPTIONAL","type":"TYPE_MESSAGE","typeName":"Key"}],
                "nestedType":[{"name":"Key"}]}],
            "service":[{"name":"S","method":[{"name":"Do","inputType":".s.v1.Ask","outputType":".other.Told"}]}]}"#,
    );
    let other = file(
        r#"{"name":"other.proto","package":"other","syntax":"proto3","messageType":[{"name":"Told"}]}"#,
    );
    let mut reflection = Reflection::new().unwrap();
    let names = r#"{"listServicesResponse":{"service":[{"name":"s.v1.S"}]}}"#;
    reflection.told(&answer(&reflection, names)).unwrap();
    let told =
        format!(r#"{{"fileDescriptorResponse":{{"fileDescriptorProto":["{own}","{other}"]}}}}"#);
    reflection.told(&answer(&reflection, &told)).unwrap();
    assert_eq!(reflection.ask(), None);
    let pool = reflection.pool().unwrap();
    let ask = pool.get_message_by_name("s.v1.Ask").unwrap();
    let kinds = ask.fields().map(|field| field.kind().as_message().unwrap().full_name().to_owned());
    let kinds: Vec<String> = kinds.collect();
    assert_eq!(kinds, ["google.protobuf.Timestamp", "s.v1.Ask.Key"]);
}

#[test]
fn what_is_not_told_is_an_error_with_its_reason() {
    let mut reflection = Reflection::new().unwrap();
    let refused =
        answer(&reflection, r#"{"errorResponse":{"errorCode":7,"errorMessage":"go away"}}"#);
    assert_eq!(reflection.told(&refused).unwrap_err(), "it does not list its services: go away");
    let mut reflection = Reflection::new().unwrap();
    assert!(reflection.told(b"<html>").is_err());
    let mut reflection = Reflection::new().unwrap();
    assert_eq!(reflection.told(&[]).unwrap_err(), "0 answers came to 1 questions");
}

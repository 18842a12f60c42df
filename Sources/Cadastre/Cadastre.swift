// Cadastre
